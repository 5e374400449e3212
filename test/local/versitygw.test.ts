import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ListBucketsCommand } from '@aws-sdk/client-s3';
import { expect, onTestFinished, test } from 'vitest';
import { createBuckets, localS3Client } from '../../local/buckets.ts';
import { provision } from '../../local/provision/provision.ts';
import { versitygwRecipe } from '../../local/provision/versitygw.ts';
import { startVersitygw } from '../../local/s3-server.ts';
import { scratchDirectory } from '../support/scratch.ts';

const BUILD_MS = 300_000;

test('versitygw takes our keys and refuses others', { timeout: BUILD_MS }, async ({ skip }) => {
  const surroundings = { environment: process.env, progress: (line: string) => void process.stderr.write(`${line}\n`) };
  const program = await provision(versitygwRecipe(), surroundings).catch((error: Error) => skip(error.message));
  const directory = await scratchDirectory();
  await mkdir(join(directory, 'buckets'));
  const server = await startVersitygw(program, {
    directory: join(directory, 'buckets'),
    logFile: join(directory, 'versitygw.log'),
  });
  onTestFinished(() => server.close());

  await createBuckets(server.s3, ['photos', 'photos']);
  const stranger = localS3Client({ ...server.s3, secretAccessKey: 'guessed' });
  onTestFinished(() => stranger.destroy());
  await expect(stranger.send(new ListBucketsCommand())).rejects.toMatchObject({ name: 'SignatureDoesNotMatch' });
});
