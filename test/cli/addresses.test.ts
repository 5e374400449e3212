import { describe, expect, it } from 'vitest';
import type { Io } from '../../cli/command.ts';
import { problemOf } from '../../cli/problem.ts';
import { createProgram } from '../../cli/program.ts';
import { Failure } from '../../domain/failure.ts';

const SIGNED = 'https://x.blob.core.windows.net/c/a.json?se=2026&sig=SECRET0';
const WITH_USER = 'https://user:SECRET0@host/a.json';
const IN_S3 = 's3://AKIA:SECRET0@imagery/a.json';
const IN_S3_SIGNED = 's3://imagery/a.json?X-Amz-Signature=SECRET0';
const QUEUE = 'https://user:SECRET0@sqs.eu-central-1.amazonaws.com/123456789012/tiles';
const QUEUE_SIGNED = 'https://sqs.eu-central-1.amazonaws.com/123456789012/tiles?X-Amz-Signature=SECRET0';

async function* nothing(): AsyncGenerator<Uint8Array> {
  // Nothing comes.
}

/** @returns all that is said where the command cannot go on. */
async function said(args: readonly string[]): Promise<string> {
  let text = '';
  const stream = { write: (written: string) => void (text += written) };
  const io: Io = { stdin: nothing(), stdout: stream, stderr: stream, environment: {}, ended: () => undefined };
  const error: unknown = await createProgram(io)
    .parseAsync([...args], { from: 'user' })
    .then(
      () => null,
      (problem: unknown) => problem,
    );
  expect(error).not.toBeNull();
  return text + problemOf(error).sentence;
}

describe('what a command says of an address', () => {
  const given = [SIGNED, WITH_USER, IN_S3, IN_S3_SIGNED];
  it.each(
    given.flatMap((address) => [
      ...(address.startsWith('s3') ? [['export', 's3://results/x/run=r/', '--out', address]] : []),
      ['run', address],
      ['run', address, '--out', 's3://results/x/', '--caption'],
      ['plan', address],
    ]),
  )('has no secret in it: %s %s %s', async (...args) => {
    const text = await said(args.filter((arg) => arg !== undefined));
    expect(text).not.toBe('');
    expect(text).not.toContain('SECRET0');
  });

  it.each([QUEUE, QUEUE_SIGNED])('refuses a queue with a secret in its URL, and does not tell it: %s', async (url) => {
    const text = await said(['intake', '--queue', url, '--spec', '-']);
    expect(text).toContain('without user name, password and query');
    expect(text).not.toContain('SECRET0');
    expect(await said(['doctor', '--queue', url])).not.toContain('SECRET0');
  });

  it.each([IN_S3, IN_S3_SIGNED])('refuses a schedule of a spec with a secret in its address: %s', async (spec) => {
    const text = await said(['schedule', 'create', 'nightly', '--spec', spec, '--timezone', 'UTC', '--cron', '0 2 * * *']);
    expect(text).toContain('s3://bucket/key of a spec');
    expect(text).not.toContain('SECRET0');
  });

  it('is plain in every sentence that ends a command, wherever it comes from', () => {
    const { sentence } = problemOf(new Failure('NotFound', `${SIGNED} is not there, nor ${WITH_USER}.`));
    expect(sentence).toBe('https://x.blob.core.windows.net/c/a.json?… is not there, nor https://…@host/a.json.');
  });
});
