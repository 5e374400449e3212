import { access, chmod, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { locateBinary } from '../../../local/provision/go.ts';
import type { Recipe, Way } from '../../../local/provision/program.ts';
import { cacheDirectory, provision } from '../../../local/provision/provision.ts';
import { scratchDirectory } from '../../support/scratch.ts';

/** A machine with an empty cache, and what its user was told. */
async function machine() {
  const directory = await scratchDirectory();
  const lines: string[] = [];
  const environment = { PATH: join(directory, 'bin'), XDG_CACHE_HOME: join(directory, 'cache') };
  await mkdir(environment.PATH);
  return { directory, lines, environment, progress: (line: string) => void lines.push(line) };
}

async function writeExecutable(file: string): Promise<void> {
  await writeFile(file, '#!/bin/sh\n');
  await chmod(file, 0o755);
}

/** A way that works, takes as long as `busy` and counts how often it was gone. */
function working(busy: () => Promise<unknown> = () => Promise.resolve()): Way & { times: number } {
  const way = {
    title: 'Fetching clock 2.0',
    times: 0,
    install: async (directory: string) => {
      way.times += 1;
      await busy();
      await writeExecutable(join(directory, 'clock'));
    },
  };
  return way;
}

function failing(title: string, message: string): Way {
  return { title, install: () => Promise.reject(new Error(message)) };
}

function recipe(...ways: Way[]): Recipe {
  return {
    name: 'Clock',
    version: '2.0',
    executable: 'clock',
    ways,
    byHand: 'Install a clock by hand.',
    locate: locateBinary('clock'),
  };
}

test('a program on PATH is used, and nothing is installed', async () => {
  const { environment, progress, lines } = await machine();
  await writeExecutable(join(environment.PATH, 'clock'));
  const program = await provision(recipe(working()), { environment, progress });
  expect(program.command).toBe(join(environment.PATH, 'clock'));
  expect(lines).toEqual([]);
});

test('a file on PATH that cannot be executed is passed over', async () => {
  const { environment, progress } = await machine();
  await writeFile(join(environment.PATH, 'clock'), '');
  const program = await provision(recipe(working()), { environment, progress });
  expect(program.command).toBe(join(cacheDirectory(environment), 'clock-2.0', 'clock'));
});

test('a program is installed once, with a line that says so, and found in the cache from then on', async () => {
  const { environment, progress, lines } = await machine();
  const way = working();
  const first = await provision(recipe(way), { environment, progress });
  const second = await provision(recipe(way), { environment, progress });
  expect(second).toEqual(first);
  expect(way.times).toBe(1);
  expect(lines).toEqual(['Fetching clock 2.0']);
  expect(await readdir(cacheDirectory(environment))).toEqual(['clock-2.0']);
});

test('of two that install at once the second waits, says so, and takes what the first has installed', async () => {
  const { environment, progress, lines } = await machine();
  const waits = 'Waiting: another tilescribe is installing Clock 2.0';
  const way = working(() => expect.poll(() => lines).toContain(waits));
  await Promise.all([1, 2].map(() => provision(recipe(way), { environment, progress })));
  expect(way.times).toBe(1);
  expect(lines).toEqual(expect.arrayContaining(['Fetching clock 2.0', waits]));
});

test('where one way fails the next is tried, and people are told why', async () => {
  const { environment, progress, lines } = await machine();
  await provision(recipe(failing('Downloading clock', 'nobody answers'), working()), { environment, progress });
  expect(lines).toEqual(['Downloading clock', 'That did not work. Downloading clock: nobody answers.', 'Fetching clock 2.0']);
});

test('where no way works, the reasons and what to do by hand are one message, and nothing stays in the cache', async () => {
  const { environment, progress } = await machine();
  const attempt = provision(
    recipe(failing('Downloading clock', 'nobody answers'), failing('Building clock', 'go is not on this machine')),
    {
      environment,
      progress,
    },
  );
  await expect(attempt).rejects.toMatchObject({
    kind: 'Unreachable',
    message:
      'Clock 2.0 could not be installed. Downloading clock: nobody answers. Building clock: go is not on this machine. Install a clock by hand.',
  });
  expect(await readdir(cacheDirectory(environment))).toEqual([]);
});

test('a way that installs something else does not count', async () => {
  const { environment, progress } = await machine();
  const way: Way = { title: 'Fetching', install: (directory) => writeFile(join(directory, 'watch'), '') };
  await expect(provision(recipe(way), { environment, progress })).rejects.toThrow('the program is not in what was installed');
});

test('what an installation that was killed has left is removed by the next', async () => {
  const { environment, progress } = await machine();
  const left = join(cacheDirectory(environment), 'clock-2.0.partial-Xy12Zz');
  await mkdir(left, { recursive: true });
  await provision(recipe(working()), { environment, progress });
  await expect(access(left)).rejects.toThrow('ENOENT');
});

test('a step that takes long says so from time to time', async () => {
  const { environment, progress, lines } = await machine();
  const way = working(() => expect.poll(() => lines.length).toBeGreaterThan(2));
  await provision(recipe(way), { environment, progress, heartbeatMs: 20 });
  const [first, ...more] = lines;
  expect(first).toBe('Fetching clock 2.0');
  for (const line of more) expect(line).toMatch(/^Fetching clock 2\.0: still busy after \d+ s$/u);
});

test('the cache is where the XDG directories say, else below the home directory', () => {
  expect(cacheDirectory({ XDG_CACHE_HOME: '/caches' })).toBe('/caches/tilescribe');
  expect(cacheDirectory({ HOME: '/home/someone' })).toBe('/home/someone/.cache/tilescribe');
});
