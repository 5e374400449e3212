import { z } from 'zod';
import { Failure } from '../domain/failure.ts';
import { TASK_STATES } from '../domain/owed.ts';
import type { Plan } from '../domain/plan.ts';
import { TASK_KINDS, type TaskKind } from '../domain/spec.ts';
import { oneOf, patternText, realNumber, wholeNumber } from './field.ts';
import { check, readJson, refuseMistakes } from './mistake.ts';

/** The document of `tilescribe plan`, when a run is started from it. Fields of newer versions are passed over. */

const COUNT = wholeNumber({ low: 0, high: Infinity });
const FIGURE = realNumber({ low: 0, high: Infinity });
const TEXT = z.string({ error: 'text' });
const MOMENT = patternText('a moment such as 2026-01-02T03:04:05.678Z', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/u);
const SHA256 = patternText('a SHA-256: 64 of 0-9 a-f', /^[0-9a-f]{64}$/u);
const FLAG = z.boolean({ error: 'true or false' });
const KINDS = Object.keys(TASK_KINDS) as [TaskKind, ...TaskKind[]];

function fields<T extends z.ZodRawShape>(shape: T) {
  return z.object(shape, { error: 'an object' });
}

function rows<T extends z.ZodRawShape>(shape: T) {
  return z.array(fields(shape), { error: 'a list' });
}

function texts(most = Infinity) {
  return z.array(TEXT, { error: 'a list of texts' }).max(most, { error: `at most ${most} texts` });
}

const STATES = { new: COUNT, changed: COUNT, stale: COUNT, failed: COUNT, done: COUNT };
const SPAN = fields({ low: FIGURE, likely: FIGURE, high: FIGURE });
const SAMPLES = 3;

const ESTIMATE = fields({
  services: rows({
    service: TEXT,
    model: TEXT,
    jobs: COUNT,
    gpu_seconds: SPAN,
    basis: oneOf(['measured', 'assumed']),
    from_runs: COUNT,
    from_jobs: COUNT,
    latency_ms: SPAN,
    attempts: SPAN,
  }),
  gpu_hours: SPAN,
  wall_seconds: SPAN,
  finish_at: fields({ earliest: MOMENT, likely: MOMENT, latest: MOMENT }),
});

const PLAN = fields({
  schema_version: z.literal(1, { error: '1' }),
  made_at: MOMENT,
  dataset: TEXT,
  spec: z.looseObject({}, { error: 'the run spec' }),
  output: TEXT,
  input: fields({
    tiles: COUNT,
    ignored: fields({ zero_bytes: COUNT, folder: COUNT, sidecar: COUNT, excluded: COUNT, duplicate: COUNT }),
    sha256: SHA256,
    bytes: COUNT,
  }),
  earlier_runs: rows({
    run_id: TEXT,
    state: oneOf(['complete', 'cancelled', 'failed', 'unfinished']),
    started_at: MOMENT,
    ended_at: MOMENT.nullable(),
    tiles: COUNT.nullable(),
  }),
  open_runs: texts(),
  tasks: rows({ task_id: TEXT, kind: oneOf(KINDS), service: TEXT, model: TEXT, states: fields(STATES), owed: COUNT }),
  totals: fields({ ...STATES, ignored: COUNT, owed: COUNT, jobs: COUNT, identical: COUNT }),
  reasons: rows({ state: oneOf(TASK_STATES), reason: TEXT.nullable(), count: COUNT, owed: FLAG, samples: texts(SAMPLES) }),
  harvest: fields({
    records: COUNT,
    jobs_in_flight: COUNT,
    gpu_seconds_saved: FIGURE,
    from: rows({ run_id: TEXT, records: COUNT }),
  }),
  estimate: ESTIMATE,
  versions: z.record(TEXT, TEXT, { error: 'an object of texts' }),
  digest: SHA256,
});

/** @returns whether it is the spec that a plan is made of: easily given in its place. */
function isSpec(document: unknown): boolean {
  return (
    typeof document === 'object' && document !== null && 'dataset' in document && 'tasks' in document && !('spec' in document)
  );
}

function refuseSpec(document: unknown, what: string): void {
  if (!isSpec(document)) return;
  throw new Failure(
    'InvalidSpec',
    `${what} is a run spec, and no plan. Run it as \`tilescribe run SPEC\`, or plan it first: \`tilescribe plan SPEC --save FILE\`.`,
  );
}

/**
 * @param text of the document.
 * @param what how it is called where something is wrong with it.
 * @throws Failure `InvalidSpec` that lists every mistake. The spec in it is not looked into.
 */
export function parsePlan(text: string, what: string): Plan {
  const of = { kind: 'InvalidSpec', what } as const;
  const { value: document, mistakes: unread } = readJson(text);
  refuseMistakes(unread, of);
  refuseSpec(document, what);
  const { value, mistakes } = check(PLAN, document);
  refuseMistakes(mistakes, of);
  if (value === null) throw new TypeError('a document without mistakes has a value');
  return value;
}
