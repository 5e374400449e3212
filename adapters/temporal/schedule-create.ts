import { ScheduleAlreadyRunning, type Client, type ScheduleDescription } from '@temporalio/client';
import { Failure } from '../../domain/failure.ts';
import { GRPC, grpcReply } from './failure.ts';
import { scheduleOptions, type OwnSchedule, type ScheduleOrder } from './schedule-order.ts';
import { requireOwn } from './schedule-view.ts';

function refusedTimes(error: TypeError, { cron, timeZone }: ScheduleOrder): Failure {
  const sentence = error.message.includes('unknown time zone')
    ? `Temporal knows no time zone ${timeZone}; expected its name as in the tz database, such as Asia/Kolkata.`
    : `Temporal does not take the cron expression "${cron}": ${error.message}. Expected five fields (minute, hour, day of month, month, day of week) such as "0 2 * * *", or "@every 6h"; its time zone stands beside it.`;
  return new Failure('InvalidSpec', sentence, { cause: error });
}

/** A server that does not know the search attributes refuses the whole schedule: it is asked again without them. */
async function ordered(order: ScheduleOrder, send: (options: OwnSchedule) => Promise<unknown>): Promise<void> {
  const take = async (searchable: boolean): Promise<void> => {
    try {
      await send(scheduleOptions(order, searchable));
    } catch (error) {
      // The client makes TypeErrors of what the server says against the times of a schedule, and of these alone.
      if (error instanceof TypeError) throw refusedTimes(error, order);
      if (!searchable || grpcReply(error)?.code !== GRPC.invalidArgument) throw error;
      await take(false);
    }
  };
  await take(true);
}

function changed({ state }: ScheduleDescription, { scheduleId: _scheduleId, ...options }: OwnSchedule) {
  const paused = state.paused || options.state?.paused === true;
  return { ...options, state: { paused, ...(state.note === undefined ? {} : { note: state.note }) } };
}

/** @returns whether it was made; false where there is one of that name. */
async function made(client: Client, order: ScheduleOrder): Promise<boolean> {
  try {
    await ordered(order, (options) => client.schedule.create(options));
    return true;
  } catch (error) {
    if (error instanceof ScheduleAlreadyRunning) return false;
    throw error;
  }
}

/**
 * @param replace whether one of that name may be there; it is changed in place then, and stays paused if it was.
 * @throws Failure `InvalidSpec`
 */
export async function createSchedule(
  client: Client,
  order: ScheduleOrder,
  replace: boolean,
): Promise<{ readonly replaced: boolean }> {
  const { name } = order;
  if (await made(client, order)) return { replaced: false };
  if (!replace) {
    const todo = `Change it in place with --replace, or take it away first with \`tilescribe schedule delete ${name}\`.`;
    throw new Failure('InvalidSpec', `There is a schedule ${name} already. ${todo}`);
  }
  const handle = client.schedule.getHandle(name);
  await ordered(order, (options) => handle.update((previous) => changed(requireOwn(previous), options)));
  return { replaced: true };
}
