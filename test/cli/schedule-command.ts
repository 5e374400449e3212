import { problemOf } from '../../cli/problem.ts';
import { createProgram } from '../../cli/program.ts';

interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Does what `tilescribe schedule` does with these arguments, within the test. */
export async function schedule(...args: readonly string[]): Promise<Ended> {
  let [stdout, stderr, exitCode] = ['', '', 0];
  const program = createProgram({
    stdin: (async function* nothing() {})(),
    stdout: { write: (more) => void (stdout += Buffer.from(more).toString()) },
    stderr: { write: (more) => void (stderr += Buffer.from(more).toString()) },
    environment: {},
    ended: (code) => void (exitCode = code),
  });
  try {
    await program.parseAsync(['schedule', ...args], { from: 'user' });
  } catch (error) {
    const problem = problemOf(error);
    return { exitCode: problem.exitCode, stdout, stderr: problem.sentence };
  }
  return { exitCode, stdout, stderr };
}
