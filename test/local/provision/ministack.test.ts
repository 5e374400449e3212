import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ministackRecipe } from '../../../local/provision/ministack.ts';
import { cacheDirectory, provision } from '../../../local/provision/provision.ts';
import { scratchDirectory } from '../../support/scratch.ts';

/** A Python whose `-m venv DIR` copies itself, and whose `-m pip install --target DIR` makes the directory. */
const PYTHON = `#!/bin/sh
case "$2" in
  venv) [ -z "$WITHOUT_VENV" ] || { echo "ensurepip is not available" >&2; exit 1; }
        mkdir -p "$3/bin" && cp "$0" "$3/bin/python3" ;;
  pip) [ "$5" != --target ] || mkdir -p "$6" ;;
esac
`;

async function machine(more: Record<string, string>) {
  const directory = await scratchDirectory();
  const bin = join(directory, 'bin');
  await mkdir(bin);
  await writeFile(join(bin, 'python3'), PYTHON);
  await chmod(join(bin, 'python3'), 0o755);
  const lines: string[] = [];
  const environment = { PATH: `${bin}:/usr/bin:/bin`, XDG_CACHE_HOME: join(directory, 'cache'), ...more };
  return { bin, environment, lines, progress: (line: string) => void lines.push(line) };
}

test('ministack is installed into a virtual environment of its own, and started from where that ends up', async () => {
  const { environment, progress } = await machine({});
  const program = await provision(ministackRecipe(), { environment, progress });
  const python = join(cacheDirectory(environment), 'ministack-1.5.33', 'bin', 'python3');
  expect(program).toEqual({ command: python, args: ['-m', 'ministack'], environment: {} });
});

test('where Python has no venv, its packages go into a directory of their own', async () => {
  const { bin, environment, progress, lines } = await machine({ WITHOUT_VENV: 'yes' });
  const program = await provision(ministackRecipe(), { environment, progress });
  const packages = join(cacheDirectory(environment), 'ministack-1.5.33', 'packages');
  expect(program).toEqual({ command: join(bin, 'python3'), args: ['-m', 'ministack'], environment: { PYTHONPATH: packages } });
  expect(lines[1]).toContain('ensurepip is not available');
});
