import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Environment } from '../environment.ts';
import { runInstaller } from './command.ts';
import { executableAt, findOnPath, type Program, type Recipe, type Way } from './program.ts';

const VERSION = '1.5.33';
const PACKAGE = `ministack==${VERSION}`;
const PACKAGES = 'packages';

/** Started as a module: the scripts that pip writes name the directory in which they were made. */
const AS_MODULE = ['-m', 'ministack'];

/** How ministack comes onto this machine: S3 and SQS in one Python program. */
export function ministackRecipe(): Recipe {
  return {
    name: 'ministack',
    version: VERSION,
    executable: 'ministack',
    ways: [inVirtualEnvironment, intoDirectory],
    byHand: `Install Python 3.10 or later with pip, or ${PACKAGE} so that ministack is on PATH, or set AWS_ENDPOINT_URL to an S3 server.`,
    locate,
  };
}

const inVirtualEnvironment: Way = {
  title: `Installing ministack ${VERSION} with pip (about 10 s, once)`,
  install: async (directory, { environment }) => {
    await runInstaller('python3', ['-m', 'venv', directory], environment);
    await runInstaller(join(directory, 'bin', 'python3'), ['-m', 'pip', 'install', '--quiet', PACKAGE], environment);
  },
};

/** For a bare Debian, whose Python has no venv. */
const intoDirectory: Way = {
  title: `Installing ministack ${VERSION} with pip, without a virtual environment`,
  install: (directory, { environment }) =>
    runInstaller('python3', ['-m', 'pip', 'install', '--quiet', '--target', join(directory, PACKAGES), PACKAGE], environment),
};

async function locate(directory: string, environment: Environment): Promise<Program | null> {
  const own = await executableAt(join(directory, 'bin', 'python3'));
  if (own !== null) return { command: own, args: AS_MODULE, environment: {} };
  const packages = join(directory, PACKAGES);
  const python = (await isDirectory(packages)) ? await findOnPath('python3', environment) : null;
  return python === null ? null : { command: python, args: AS_MODULE, environment: { PYTHONPATH: packages } };
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false;
  }
}
