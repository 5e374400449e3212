import { describe, expect, it } from 'vitest';
import { Failure } from '../../domain/failure.ts';
import { open, RUN_JSON } from './open-run-fixture.ts';
import { images, type RunStore } from './run-fixture.ts';

const AT = { bucket: 'results', key: 'o/run=h-1/run.json' };

async function withRunJson(bytes: Uint8Array): Promise<RunStore> {
  const store = images('t/a.tif');
  await store.put(AT, bytes);
  return store;
}

async function refusal(work: Promise<unknown>): Promise<Failure> {
  const refused = await work.then(
    () => new Error('it was opened'),
    (error: unknown) => error,
  );
  if (refused instanceof Failure) return refused;
  throw refused;
}

const REMEDY = /: start a run with another run id, which takes over what earlier ones answered\.$/u;
const text = (written: string): Uint8Array => Buffer.from(written);

describe('a run.json that tilescribe did not write', () => {
  it.each([
    { case: 'empty', bytes: text(''), says: `${RUN_JSON} is empty;` },
    { case: 'garbage', bytes: text('garbage'), says: `${RUN_JSON} is not JSON: Unexpected token 'g'` },
    { case: 'half of one', bytes: text('{"run_id":"h-1"'), says: `${RUN_JSON} is not JSON: ` },
    { case: 'no text', bytes: new Uint8Array([0xff, 0xfe]), says: `${RUN_JSON} is not UTF-8 text;` },
    { case: 'a list', bytes: text('[]'), says: `${RUN_JSON} has 1 mistake:\n  []; expected an object\n` },
    { case: 'another object', bytes: text('{"run_id":7}'), says: 'run_id: 7; expected text' },
  ])('is named and never tried again where it is $case', async ({ bytes, says }) => {
    const { kind, message } = await refusal(open(await withRunJson(bytes)));
    expect(kind).toBe('Internal');
    expect(message).toContain(says);
    expect(message).toContain(RUN_JSON);
    expect(message).toMatch(REMEDY);
    expect(message).not.toMatch(/Invalid|undefined|received/u);
  });

  it('is named where its spec is none', async () => {
    const store = images('t/a.tif');
    await open(store);
    const written = JSON.parse(store.text(RUN_JSON)) as object;
    const { message } = await refusal(open(await withRunJson(text(JSON.stringify({ ...written, spec: { dataset: 'h' } })))));
    expect(message).toContain(`${RUN_JSON} holds no spec of this version. The run spec has`);
    expect(message).toMatch(REMEDY);
  });

  it.each([{ spec: {} }, { spec: { dataset: 'other' } }])(
    'is named as that of another run, beside the id that was started',
    async (over) => {
      const store = images('t/a.tif');
      await open(store, { ...over, runId: 'h-0' });
      const copied = await withRunJson(text(store.text('s3://results/o/run=h-0/run.json')));
      expect(await refusal(open(copied))).toMatchObject({
        kind: 'InvalidSpec',
        message: `The run id h-1 is taken: ${RUN_JSON} is that of run "h-0". Start it with another run id, or remove what was copied there.`,
      });
    },
  );
});
