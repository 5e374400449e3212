import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const ENTRY = fileURLToPath(new URL('../../dist/cli/index.js', import.meta.url));
const ELSEWHERE = /^(?:AWS|TEMPORAL|TILESCRIBE)_|_BASE_URL$|^NO_COLOR$/u;

/** What the built command did. */
export interface Invocation {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface InvocationOptions {
  readonly environment?: Readonly<Record<string, string>>;
  readonly stdin?: string;
}

function surroundings(own: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !ELSEWHERE.test(name));
  return { ...Object.fromEntries(kept), ...own };
}

/** Runs the built command to its end; of the environment it has what is given, and nothing that leads elsewhere. */
export async function tilescribe(
  args: readonly string[],
  { environment = {}, stdin = '' }: InvocationOptions = {},
): Promise<Invocation> {
  const child = spawn(process.execPath, [ENTRY, ...args], { env: surroundings(environment), stdio: 'pipe' });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  child.stdin.on('error', () => undefined);
  child.stdin.end(stdin);
  const exitCode = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { exitCode, stdout, stderr };
}
