import { parseRun } from '../../schema/run.ts';
import { gpuFaults } from './gpu-promise.ts';
import { attemptFaults, jobFaults, type Asked } from './job-promise.ts';
import { eventsOf } from './journal-reader.ts';
import { readLogs } from './log-reader.ts';
import { outputFaults } from './run-promises.ts';
import { readRun } from './run-reader.ts';
import type { Scene } from './scene.ts';
import { canariesOf, histories, secrecyFaults, written } from './secrecy.ts';

/** What P1 to P8 are checked of. */
export interface Case {
  /** The runs that used the services of the scene and are complete, with the file of their spec. */
  readonly runs: Readonly<Record<string, string>>;
  /** Runs that used them too and never were complete: cancelled, terminated. */
  readonly others?: readonly string[];
  /** The cap that held; the scene's unless told. */
  readonly gpus?: number;
}

/** A finished run is started again: it ends at once, and no service hears of it. @returns what is not kept of P8. */
async function againFaults({ tilescribe, simulation }: Scene, runs: Case['runs']): Promise<string[]> {
  const requests = (): number => eventsOf(simulation.journal, 'request_open').length;
  const before = requests();
  const started = Object.entries(runs).map(async ([runId, spec]) => {
    const { exitCode } = await tilescribe(['run', spec, '--run-id', runId, '--json']);
    return exitCode === 0 ? [] : [`P8: ${runId}, which is complete, ended with ${exitCode} when it was started again`];
  });
  const faults = (await Promise.all(started)).flat();
  const more = requests() - before;
  return more === 0 ? faults : [...faults, `P8: ${more} requests for runs that were complete`];
}

async function secretFaults({ bucket, temporal, printed }: Scene): Promise<string[]> {
  const told = await Promise.all([histories(temporal.client), written(bucket), printed()]);
  return secrecyFaults(told.flat(), await canariesOf(bucket));
}

/** The logs of runs, as the promises about jobs need them; a run need not be complete. */
export async function askedOf({ bucket }: Scene, runIds: readonly string[]): Promise<Asked[]> {
  const read = async (runId: string): Promise<Asked> => {
    const document = JSON.parse(Buffer.from(await bucket.get(`out/run=${runId}/run.json`)).toString()) as unknown;
    return { run: parseRun(document, 'run.json'), logs: await readLogs(bucket, runId) };
  };
  return Promise.all(runIds.map(read));
}

/** Reads the output, the logs, the histories, what was printed and the services' journal. @returns what is promised and not kept, one sentence each. */
export async function brokenPromises(scene: Scene, { runs, others = [], gpus = scene.gpus }: Case): Promise<string[]> {
  const again = await againFaults(scene, runs);
  const outputs = await Promise.all(Object.keys(runs).map((runId) => readRun(scene.bucket, runId)));
  const asked = await askedOf(scene, [...Object.keys(runs), ...others]);
  const { events } = scene.simulation.journal;
  return [
    ...outputs.flatMap((output) =>
      outputFaults(
        output,
        output.run.spec.tasks.map(({ id }) => id),
      ),
    ),
    ...gpuFaults(events, scene.figures, gpus),
    ...jobFaults(events, asked),
    ...outputs.flatMap(({ records }) => attemptFaults(records)),
    ...(await secretFaults(scene)),
    ...again,
  ];
}
