import { Failure } from '../domain/failure.ts';
import { about } from './problem.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const OPTION = '--dead-letter';

/** Who may send to it need not be allowed to look at it; one that is away is waited for once something is to go there. */
const NO_MATTER: readonly unknown[] = ['denied', 'refused', 'unreachable'];

async function isFifo(url: string, environment: Environment): Promise<boolean> {
  const { readQueueAttributes } = await import('../adapters/sqs/attributes.ts');
  try {
    return (await readQueueAttributes(url, environment)).fifo;
  } catch (error) {
    if (NO_MATTER.includes((error as { readonly problem?: string }).problem)) return false;
    throw about(OPTION, error);
  }
}

/** Otherwise the first message that cannot be read would be what finds out. @throws Failure where it cannot be one. */
export async function requireDeadLetterQueue(url: string, environment: Environment = process.env): Promise<void> {
  if (!(await isFifo(url, environment))) return;
  throw new Failure('InvalidConfiguration', `${OPTION} ${url} is a FIFO queue; give the URL of a standard queue.`);
}
