import { randomUUID } from 'node:crypto';
import { createObjectStores } from '../../adapters/s3/store.ts';
import { Failure } from '../../domain/failure.ts';
import { givenS3Uri, type S3Location } from '../../domain/layout.ts';
import { shownAddress } from '../../domain/shown-address.ts';
import { inputInside, namesTiles, outputInside } from '../../schema/uri.ts';
import { examined, failed, type Finding, ok, skipped, warning } from './finding.ts';

type Stores = ReturnType<typeof createObjectStores>;

const RACERS = 10;
const OUTPUT_FIX =
  'Allow s3:PutObject, s3:GetObject and s3:ListBucket on the output prefix (infra/iam/writer.json), and check AWS_REGION and the endpoint.';
const INPUT_FIX =
  'Allow s3:ListBucket and s3:GetObject on the input prefix (infra/iam/reader.json), and check AWS_REGION and the endpoint.';
const ATOMIC_FIX =
  'Use Amazon S3, or a store whose conditional writes (If-None-Match, If-Match) are atomic: docs/local.md names some that are not.';
const TILE_MAX_BYTES = 256 * 1_024 * 1_024;

function located(uri: string, option: string): S3Location {
  const at = givenS3Uri(uri);
  if (at === null)
    throw new Failure('InvalidSpec', `${option} ${shownAddress(uri)} is no address; expected s3://bucket/prefix/.`);
  return at;
}

function notAtomic(check: string, message: string): Finding {
  return failed(check, { message, fix: ATOMIC_FIX, exit_code: 2 });
}

async function conditionalWrites(stores: Stores, at: S3Location): Promise<Finding> {
  const check = 'output';
  return examined(check, OUTPUT_FIX, async () => {
    const store = stores.output({});
    const key = { bucket: at.bucket, key: `${at.key}_doctor/${randomUUID()}/once` };
    await store.put(key, 'first');
    const second = await store.put(key, 'second');
    if (second === 'exists') return ok(check, `s3://${at.bucket}/${at.key} takes one write of a key and refuses a second.`);
    return notAtomic(check, `s3://${at.bucket}/${at.key} let a second write replace the first: it ignores If-None-Match.`);
  });
}

async function race(stores: Stores, at: S3Location): Promise<Finding> {
  const check = 'output race';
  return examined(check, OUTPUT_FIX, async () => {
    const store = stores.output({});
    const key = { bucket: at.bucket, key: `${at.key}_doctor/${randomUUID()}/race` };
    const results = await Promise.all(Array.from({ length: RACERS }, (_, n) => store.put(key, `writer ${n}`)));
    const winners = results.filter((result) => result === 'created').length;
    if (winners === 1) return ok(check, `Of ${RACERS} writers at once exactly one won.`);
    return notAtomic(check, `Of ${RACERS} writers at once ${winners} were told that they won.`);
  });
}

const NO_ETAG = '0'.repeat(32);

/** Of two that read the same version one must be refused: the current view is switched so. */
async function replacing(stores: Stores, at: S3Location): Promise<Finding> {
  const check = 'output switch';
  return examined(check, OUTPUT_FIX, async () => {
    const pointers = stores.pointers({});
    const key = { bucket: at.bucket, key: `${at.key}_doctor/${randomUUID()}/switch` };
    const place = `s3://${at.bucket}/${at.key}`;
    const ignored = notAtomic(check, `${place} let a write replace what it should not: it ignores If-Match.`);
    if ((await pointers.replace(key, Buffer.from('nothing'), NO_ETAG)) === 'switched') return ignored;
    await pointers.replace(key, Buffer.from('first'), null);
    const { etag = NO_ETAG } = (await pointers.read(key)) ?? {};
    const second = await pointers.replace(key, Buffer.from('second'), etag);
    if ((await pointers.replace(key, Buffer.from('third'), etag)) === 'switched') return ignored;
    if (second === 'switched') return ok(check, `${place} replaces the version that was read, and no other.`);
    return notAtomic(check, `${place} did not replace the version that was read: it does not know If-Match.`);
  });
}

/** Writes three small objects below `<out>_doctor/`; nothing deletes them, as nothing of ours may delete. */
export async function outputFindings(uri: string | undefined): Promise<Finding[]> {
  if (uri === undefined) return [skipped('output', 'Not checked: say where results go with --out s3://bucket/prefix/.')];
  const stores = createObjectStores();
  try {
    const written = await examined('output', 'Give --out s3://bucket/prefix/.', () =>
      conditionalWrites(stores, located(outputInside(uri), '--out')),
    );
    if (written.outcome !== 'ok') return [written];
    const at = located(outputInside(uri), '--out');
    return [written, await race(stores, at), await replacing(stores, at)];
  } finally {
    stores.close();
  }
}

async function firstTile(stores: Stores, uri: string): Promise<Finding> {
  const at = located(inputInside(uri), '--in');
  const store = stores.input({ requestPayer: false });
  if (namesTiles(uri)) {
    const { sizeBytes } = await store.head(at);
    return ok('input', `${uri} is there, ${sizeBytes} bytes.`);
  }
  for await (const page of store.list({ bucket: at.bucket, prefix: at.key })) {
    const first = page.find(({ sizeBytes }) => sizeBytes > 0);
    if (first === undefined) continue;
    let bytes = 0;
    for await (const chunk of await store.get({ bucket: at.bucket, key: first.key }, { maxBytes: TILE_MAX_BYTES }))
      bytes += chunk.length;
    return ok('input', `s3://${at.bucket}/${at.key} can be listed, and its first object read (${bytes} bytes).`);
  }
  return warning('input', `There is no object below s3://${at.bucket}/${at.key}.`, 'Check the prefix.');
}

/** Lists the input and reads its first object. */
export async function inputFindings(uri: string | undefined): Promise<Finding[]> {
  if (uri === undefined) return [skipped('input', 'Not checked: say where tiles are with --in s3://bucket/prefix/.')];
  const stores = createObjectStores();
  try {
    return [await examined('input', INPUT_FIX, () => firstTile(stores, uri))];
  } finally {
    stores.close();
  }
}
