import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startWorker, type WorkerOptions } from '../../local/workers.ts';
import { isAlive } from '../support/alive.ts';
import { scratchDirectory } from '../support/scratch.ts';

const READY = `console.log(JSON.stringify({ level: 30, msg: 'Worker:Ready' }));`;
const WAIT = 'setInterval(() => {}, 1000);';

/** A worker in plain JavaScript, with the file that it logs to. */
async function worker(script: string, more: Partial<WorkerOptions> = {}): Promise<WorkerOptions & { file: string }> {
  const directory = await scratchDirectory();
  const [entry, file] = [join(directory, 'worker.mjs'), join(directory, 'worker.log')];
  await writeFile(entry, script);
  return { environment: { AWS_REGION: 'here' }, stderr: { file }, entry: [entry, 'worker'], file, ...more };
}

async function start(options: WorkerOptions) {
  const started = await startWorker(options);
  onTestFinished(() => started.kill());
  return started;
}

test('a worker is started with its roles and environment, and has started when it says that it is ready', async () => {
  const options = await worker(`console.log(process.argv.slice(2).join(' '), process.env.AWS_REGION); ${READY} ${WAIT}`, {
    roles: 'workflows,io',
  });
  await start(options);
  expect(await readFile(options.file, 'utf8')).toContain('worker --role workflows,io here\n');
});

test('a worker that is stopped drains first', async () => {
  const options = await worker(
    `process.on('SIGTERM', () => setTimeout(() => { console.error('drained'); process.exit(0); }, 100)); ${READY} ${WAIT}`,
  );
  const started = await start(options);
  await started.stop();
  expect(await started.exited).toBe(0);
  expect(await readFile(options.file, 'utf8')).toContain('drained');
});

test('a worker that is killed does not drain', async () => {
  const started = await start(await worker(`process.on('SIGTERM', () => process.exit(0)); ${READY} ${WAIT}`));
  await started.kill();
  expect(await started.exited).toBeNull();
});

test('a worker that ends before it is ready is reported with the end of its log', async () => {
  const options = await worker("console.error('there is no Temporal'); process.exit(4);");
  await expect(startWorker(options)).rejects.toMatchObject({
    kind: 'Unreachable',
    message: 'The worker did not start: it ended with exit code 4. Its log ends:\nthere is no Temporal',
  });
});

test('a worker that is never ready is reported and killed', async () => {
  const options = await worker(`console.log(process.pid); ${WAIT}`, { readyWithinMs: 5_000 });
  await expect(startWorker(options)).rejects.toThrow('it was not ready within 5 s');
  const pid = Number(await readFile(options.file, 'utf8'));
  expect(isAlive(pid)).toBe(false);
});
