import { once } from 'node:events';
import { mkdir, readdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { GetObjectCommand, ListBucketsCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { SEARCH_ATTRIBUTES } from '../../domain/temporal-names.ts';
import { createBuckets, localS3Client } from '../../local/buckets.ts';
import { childEnvironment } from '../../local/environment.ts';
import { freePorts } from '../../local/ports.ts';
import { provision } from '../../local/provision/provision.ts';
import { temporalRecipe } from '../../local/provision/temporal.ts';
import { startServer } from '../../local/server.ts';
import { type Stack, type StackOptions, startStack } from '../../local/stack.ts';
import { scratchDirectory } from '../support/scratch.ts';

const progress = (): void => {};
const environment = childEnvironment(process.env, {});

async function start(options: Partial<StackOptions> = {}): Promise<Stack> {
  const stack = await startStack({ environment, progress, ...options });
  onTestFinished(() => stack.close());
  return stack;
}

async function searchAttributes({ temporal }: Stack): Promise<string[]> {
  const connection = await Connection.connect({ address: temporal.address });
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace: temporal.namespace });
  await connection.close();
  return Object.keys(customAttributes ?? {});
}

async function bucketNames({ s3 }: Stack): Promise<(string | undefined)[]> {
  const client = localS3Client(s3);
  const { Buckets = [] } = await client.send(new ListBucketsCommand());
  client.destroy();
  return Buckets.map(({ Name }) => Name);
}

/** Ports can be taken by nobody else while a server holds them. */
function portsOf(stack: Stack): number[] {
  const [s3, temporal] = [new URL(stack.s3.endpoint), new URL(`http://${stack.temporal.address}`)];
  return [Number(s3.port), Number(temporal.port)];
}

describe('a stack in memory', () => {
  let temporary: string;
  beforeEach(async () => {
    temporary = await scratchDirectory();
    vi.stubEnv('TMPDIR', temporary);
    onTestFinished(() => void vi.unstubAllEnvs());
  });

  test('has a Temporal server with our search attributes, and an S3 server', async () => {
    const stack = await start();
    await createBuckets(stack.s3, ['first', 'second', 'first']);
    expect(await bucketNames(stack)).toEqual(['first', 'second']);
    expect(await searchAttributes(stack)).toEqual(expect.arrayContaining(Object.values(SEARCH_ATTRIBUTES)));
    expect(loadClientConnectConfig({ overrideEnvVars: stack.environment })).toMatchObject({
      connectionOptions: { address: stack.temporal.address },
      namespace: 'default',
    });
    expect(stack.environment).toMatchObject({ TEMPORAL_ADDRESS: stack.temporal.address, AWS_ENDPOINT_URL: stack.s3.endpoint });
  });

  test('leaves nothing behind when it is closed: no server, no file', async () => {
    const stack = await start({ ui: true });
    const ports = [...portsOf(stack), Number(new URL(stack.temporal.uiUrl ?? '').port)];
    await expect(freePorts(ports)).rejects.toThrow('cannot be taken');
    await Promise.all([stack.close(), stack.close()]);
    expect(await freePorts(ports)).toEqual(ports);
    expect(await readdir(temporary)).toEqual([]);
  });

  test('leaves nothing behind when one of its servers cannot start', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    onTestFinished(() => void holder.close());
    const taken = (holder.address() as { port: number }).port;
    const [temporal = 0] = await freePorts([0]);
    await expect(start({ ports: { temporal, s3: taken } })).rejects.toThrow(`Port ${taken} on 127.0.0.1 cannot be taken`);
    expect(await freePorts([temporal])).toEqual([temporal]);
    expect(await readdir(temporary)).toEqual([]);
  });

  test('has the ports that were asked for', async () => {
    const [temporal = 0, s3 = 0, ui = 0] = await freePorts([0, 0, 0]);
    const stack = await start({ ui: true, ports: { temporal, s3, ui } });
    expect(portsOf(stack)).toEqual([s3, temporal]);
    expect((await fetch(`http://127.0.0.1:${ui}`)).status).toBe(200);
  });
});

describe('a stack with a directory', () => {
  test('keeps buckets and objects from one start to the next, under whatever key', async () => {
    const directory = await scratchDirectory();
    const first = await start({ directory });
    await createBuckets(first.s3, ['kept']);
    const key = 'ünïcode #1 & 100% (copy)?.tif';
    const writer = localS3Client(first.s3);
    await writer.send(new PutObjectCommand({ Bucket: 'kept', Key: key, Body: 'still here' }));
    writer.destroy();
    await first.close();

    const reader = localS3Client((await start({ directory })).s3);
    const { Body } = await reader.send(new GetObjectCommand({ Bucket: 'kept', Key: key }));
    expect(await Body?.transformToString()).toBe('still here');
    reader.destroy();
  });

  test('registers our search attributes in a database that was made without them', async () => {
    const directory = await scratchDirectory();
    const program = await provision(temporalRecipe(), { environment, progress });
    const [port = 0, httpPort = 0] = await freePorts([0, 0]);
    const flags = ['--headless', '--ip', '127.0.0.1', '--port', String(port), '--http-port', String(httpPort)];
    const older = await startServer({
      name: 'Temporal',
      program,
      args: ['server', 'start-dev', ...flags, '--db-filename', join(directory, 'temporal.db')],
      healthUrl: `http://127.0.0.1:${httpPort}/api/v1/namespaces/default`,
      logFile: join(directory, 'older.log'),
    });
    await older.close();
    expect(await searchAttributes(await start({ directory }))).toEqual(expect.arrayContaining(Object.values(SEARCH_ATTRIBUTES)));
  });

  test('is refused the directory of another, and may have it afterwards', async () => {
    const directory = join(await scratchDirectory(), 'new');
    await mkdir(directory);
    const first = await start({ directory });
    await expect(start({ directory })).rejects.toThrow(`${directory} is in use by another local stack`);
    await first.close();
    await start({ directory });
  });
});

describe('servers that the environment names', () => {
  const named = {
    TEMPORAL_ADDRESS: 'temporal.internal:7233',
    TEMPORAL_NAMESPACE: 'maps',
    AWS_ENDPOINT_URL: 'http://s3.internal:9000',
    AWS_ACCESS_KEY_ID: 'id',
    AWS_SECRET_ACCESS_KEY: 'secret',
  };

  test('are used, and nothing is installed or started', async () => {
    const lines: string[] = [];
    const stack = await start({ environment: { PATH: '', ...named }, progress: (line) => void lines.push(line) });
    expect(stack.temporal).toEqual({ address: 'temporal.internal:7233', namespace: 'maps', uiUrl: null });
    expect(stack.s3).toMatchObject({ endpoint: 'http://s3.internal:9000', accessKeyId: 'id', secretAccessKey: 'secret' });
    expect(stack.environment).toEqual({ ...named, AWS_REGION: 'us-east-1' });
    expect(lines.toSorted()).toEqual([
      'Using the S3 server at http://s3.internal:9000, which the environment names',
      'Using the Temporal server at temporal.internal:7233, which TEMPORAL_ADDRESS names',
    ]);
  });

  test('must come with their keys', async () => {
    const { AWS_SECRET_ACCESS_KEY: _, ...incomplete } = named;
    await expect(start({ environment: incomplete })).rejects.toThrow('set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY');
  });
});
