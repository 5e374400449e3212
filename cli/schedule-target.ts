import type { RunClient } from '../adapters/temporal/run-client.ts';
import { Failure } from '../domain/failure.ts';
import { isScheduleName, SCHEDULE_NAME_EXPECTED } from '../domain/schedule.ts';
import { meantName } from '../schema/nearest.ts';
import { withRunClient } from './run-target.ts';

export const NAME_ARGUMENT = 'the name of the schedule';

/** @throws Failure `InvalidSpec` where runs could not be named after it. */
export function checkedName(text: string): string {
  if (isScheduleName(text)) return text;
  throw new Failure(
    'InvalidSpec',
    `A schedule cannot be called ${JSON.stringify(text.slice(0, 60))}: its runs are named after it; expected ${SCHEDULE_NAME_EXPECTED}.`,
  );
}

async function withNames(unknown: Failure, { schedules }: RunClient, name: string): Promise<Failure> {
  const names = (await schedules.list()).map((schedule) => schedule.name);
  const meant =
    names.length === 0
      ? 'There is none; make one with `tilescribe schedule create`.'
      : meantName(name, names).replace(/^./u, (letter) => letter.toUpperCase());
  return new Failure(unknown.kind, `${unknown.message} ${meant.replace(/[^.?]$/u, '$&.')}`, { cause: unknown });
}

/**
 * Does something with a schedule, by its name: any, as the temporal command makes schedules of any name.
 * @throws Failure `NotFound` that names those that there are.
 */
export async function withSchedule<T>(text: string, work: (client: RunClient, name: string) => Promise<T>): Promise<T> {
  return withRunClient(async (client) => {
    try {
      return await work(client, text);
    } catch (error) {
      if (!(error instanceof Failure) || error.kind !== 'NotFound') throw error;
      throw await withNames(error, client, text);
    }
  });
}
