import { z } from 'zod';
import { Failure } from '../domain/failure.ts';
import type { Lane, Run } from '../domain/run.ts';
import { SERVICE_APIS, SERVICE_DEFAULTS, type Service, type ServiceFigures } from '../domain/service.ts';
import type { RunSpec } from '../domain/spec.ts';
import { PREP_VERSION } from '../domain/tile.ts';
import { check, refuseMistakes } from './mistake.ts';
import { parseSpec, specDocument } from './spec.ts';

/** What run.json says beside the run itself: for people and for other programs, never read back. */
export interface RunColophon {
  /** Of `specIdentity`, hex. */
  readonly specSha256: string;
  readonly gpus: number;
  /** Of what made the output, by name. */
  readonly versions: Readonly<Record<string, string>>;
}

const FIGURE_NAMES = Object.keys(SERVICE_DEFAULTS) as [keyof ServiceFigures, ...(keyof ServiceFigures)[]];
const COUNT = z.int().min(1);
const NUMBER = z.number().min(0);

const SERVICE = z.object({
  api: z.enum(SERVICE_APIS),
  baseUrl: z.string(),
  model: z.string(),
  gpusPerContainer: NUMBER,
  inputsPerContainer: NUMBER,
  maxContainers: NUMBER.nullable(),
  scaledownSeconds: NUMBER,
  timeoutSeconds: NUMBER,
  coldStartSeconds: NUMBER,
  httpInputs: NUMBER,
  httpHoldsGpu: z.boolean(),
  requestSeconds: NUMBER,
  headers: z.record(z.string(), z.string().startsWith('env:', { error: 'env:NAME' })),
  insecure: z.boolean(),
  assumed: z.array(z.enum(FIGURE_NAMES)),
});

const RUN = z.object({
  schema_version: z.literal(1),
  run_id: z.string(),
  spec: z.unknown(),
  services: z.record(z.string(), SERVICE),
  lanes: z.array(z.object({ service: z.string(), tasks: z.array(z.string()), strands: COUNT })),
  range_tiles: COUNT,
  versions: z.object({ preparation: z.string().optional() }).optional(),
  started_at: z.string(),
});
type RunDocument = z.output<typeof RUN>;

function serviceDocument({ name: _name, ...service }: Service): object {
  return service;
}

function laneDocument({ service, tasks, strands }: Lane): object {
  return { service, tasks: tasks.map(({ id }) => id), strands };
}

/** @returns run.json (contract section 3). Headers stand in it by name and `env:` reference, never by value. */
export function runDocument(run: Run, colophon: RunColophon): object {
  return {
    schema_version: 1,
    run_id: run.runId,
    dataset: run.spec.dataset,
    spec: specDocument(run.spec),
    spec_sha256: colophon.specSha256,
    gpus: colophon.gpus,
    services: Object.fromEntries(Object.entries(run.services).map(([name, service]) => [name, serviceDocument(service)])),
    lanes: run.lanes.map(laneDocument),
    range_tiles: run.rangeTiles,
    versions: colophon.versions,
    started_at: run.startedAt,
  };
}

function specOf({ spec }: RunDocument, what: string): RunSpec {
  try {
    return parseSpec(spec);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    throw new Failure('Internal', `${what} holds no spec of this version. ${error.message}`, { cause: error });
  }
}

function runOf(document: RunDocument, what: string): Run {
  const spec = specOf(document, what);
  const services = Object.entries(document.services).map(([name, service]) => [name, { name, ...service }] as const);
  const lanes = document.lanes.map((lane) => ({ ...lane, tasks: spec.tasks.filter(({ id }) => lane.tasks.includes(id)) }));
  return {
    runId: document.run_id,
    spec,
    services: Object.fromEntries(services),
    lanes,
    rangeTiles: document.range_tiles,
    startedAt: document.started_at,
    preparation: document.versions?.preparation ?? PREP_VERSION,
  };
}

/**
 * @param what how the document is called where it is damaged: its address.
 * @throws Failure `Internal`: nothing but tilescribe writes it.
 */
export function parseRun(document: unknown, what: string): Run {
  const { value, mistakes } = check(RUN, document);
  refuseMistakes(mistakes, { kind: 'Internal', what });
  if (value === null) throw new TypeError('a document without mistakes has a value');
  return runOf(value, what);
}
