import type { RunClient } from '../adapters/temporal/run-client.ts';
import { nextAttempt, type DateRun, type Seen } from '../domain/backfill.ts';
import { Failure } from '../domain/failure.ts';
import { inRun, runPlace, s3Uri } from '../domain/layout.ts';
import type { RunStatus } from '../domain/progress.ts';
import type { RunSpec } from '../domain/spec.ts';
import type { Role } from '../domain/temporal-names.ts';
import { otherSpec, seenRun, type ExpectedRun } from './backfill-look.ts';
import { datedSpec, type BackfillSource, type DatedSpec } from './backfill-source.ts';
import type { RunOutput, RunOutputs } from './run-output.ts';

/** What a backfill does at Temporal and in S3, date by date. Everything throws Failure. */
export interface BackfillDesk {
  /** @throws Failure `InvalidSpec` where the run is there with another spec. */
  look(run: DateRun): Promise<Seen>;
  /** Starts the run, or joins the one that is open. @throws Failure `InvalidSpec` where that one has another spec. */
  start(run: DateRun): Promise<void>;
  /** Null where no worker answers. */
  status(run: DateRun): Promise<RunStatus | null>;
  /** `s3://…/run=<id>/` */
  outputOf(run: DateRun): string;
  unserved(): Promise<Role[]>;
}

export interface DeskOptions {
  readonly client: RunClient;
  readonly source: BackfillSource;
  /** Whose clocks the dates of addresses go by. */
  readonly timeZone: string;
  readonly outputs: RunOutputs;
  /** Called with why, where an output cannot be read from here. */
  readonly unreadable: (error: unknown) => void;
}

/** Workers may have credentials that this command has not. */
function lenient(output: RunOutput, unreadable: (error: unknown) => void): RunOutput {
  const text = async (path: string): Promise<string | null> => {
    try {
      return await output.text(path);
    } catch (error) {
      unreadable(error);
      return null;
    }
  };
  return { ...output, text };
}

export function createBackfillDesk({ client, source, timeZone, outputs, unreadable }: DeskOptions): BackfillDesk {
  const dated = ({ nominalMs }: DateRun): DatedSpec => datedSpec(source, { nominalMs, timeZone }, Date.now());
  const home = (spec: RunSpec, { runId }: DateRun): string => s3Uri(inRun(runPlace(spec.output.uri, runId), ''));
  const expected = (run: DateRun): ExpectedRun => {
    const { spec } = dated(run);
    return { runId: run.runId, spec, output: lenient(outputs.of(home(spec, run)), unreadable) };
  };
  return {
    look: (run) => seenRun(client, expected(run)),
    status: ({ runId }) => client.status(runId),
    outputOf: (run) => home(dated(run).spec, run),
    unserved: () => client.unservedRoles(),
    start: async (run) => {
      const { spec, argument, identity, identityOf } = dated(run);
      const { runId } = run;
      const request = { runId, dataset: spec.dataset, spec: argument, trigger: 'backfill', identity, identityOf } as const;
      await client.start(request).catch((error: unknown) => {
        throw error instanceof Failure && error.kind === 'InvalidSpec' ? otherSpec(runId, 'it is open') : error;
      });
    },
  };
}

/** The last of a date's runs: those after the first ask what a closed one has left. */
async function findRun(run: DateRun, name: string, look: BackfillDesk['look']): Promise<DateRun> {
  const seen = { ...run, ...(await look(run)) };
  if (!seen.closed || seen.state === 'complete') return seen;
  const later = await findRun(nextAttempt(run, name), name, look);
  return later.state === 'new' ? seen : later;
}

const LOOKS_AT_ONCE = 16;

/** @returns what all came to. @throws what the first one in their order has thrown, whichever was the first in time. */
async function inOrder<T>(all: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(all);
  return Promise.all(all);
}

/**
 * @returns every date with the last of its runs.
 * @throws Failure `InvalidSpec` where one has another spec, the oldest first: the same one with every call.
 */
export async function findRuns(runs: readonly DateRun[], name: string, look: BackfillDesk['look']): Promise<DateRun[]> {
  const found: DateRun[] = [];
  for (let from = 0; from < runs.length; from += LOOKS_AT_ONCE)
    found.push(...(await inOrder(runs.slice(from, from + LOOKS_AT_ONCE).map((run) => findRun(run, name, look)))));
  return found;
}

/** @returns whether a thing that was asked of Temporal can be asked again later. */
export function isAway(error: unknown): error is Failure {
  return error instanceof Failure && error.kind === 'Unreachable';
}
