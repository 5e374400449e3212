import { createHash } from 'node:crypto';
import { Failure } from '../../domain/failure.ts';
import { s3Uri, type S3Location } from '../../domain/layout.ts';
import { MIB } from '../../domain/units.ts';
import { ObjectStoreError, type ObjectStore } from '../../ports/object-store.ts';
import { lackingColumn } from '../../schema/inventory-row.ts';
import { parseInventory, type Inventory } from '../../schema/inventory.ts';
import type { Pulse } from '../pulse.ts';
import { chunksTogether, readObject } from '../read-object.ts';
import type { PinnedObject } from './pinned-object.ts';

const MANIFEST_MAX_BYTES = 64 * MIB;
const CHECKSUM_MAX_BYTES = 1_024;

/** Where the manifest.json of an inventory is. */
export interface InventoryReading {
  readonly store: ObjectStore;
  readonly at: S3Location;
  readonly pulse: Pulse;
}

function checksumAt({ bucket, key }: S3Location): S3Location {
  return { bucket, key: key.replace(/manifest\.json$/u, 'manifest.checksum') };
}

/** @returns the MD5 that stands beside the manifest. */
async function checksumOf({ store, at, pulse }: InventoryReading): Promise<string> {
  const beside = checksumAt(at);
  try {
    const bytes = await readObject(store, beside, { maxBytes: CHECKSUM_MAX_BYTES, signal: pulse.signal });
    return Buffer.from(bytes).toString('latin1').trim().toLowerCase();
  } catch (error) {
    if (!(error instanceof ObjectStoreError) || error.problem !== 'missing') throw error;
    throw new Failure(
      'InvalidSpec',
      `${s3Uri(beside)} is not there, and ${s3Uri(at)} counts only together with it: S3 writes it last. Wait until the report is complete, or copy both.`,
      { cause: error },
    );
  }
}

/** @throws Failure `InvalidSpec` where it is none, or not the one that its checksum speaks of; ObjectStoreError */
export async function readInventory(reading: InventoryReading, pinned: PinnedObject): Promise<Inventory> {
  const { at, pulse } = reading;
  const uri = s3Uri(at);
  const body = await pinned.open({ maxBytes: MANIFEST_MAX_BYTES, signal: pulse.signal });
  const bytes = await chunksTogether(body);
  const inventory = parseInventory(new TextDecoder().decode(bytes), uri);
  const [md5, by] = [await checksumOf(reading), s3Uri(checksumAt(at))];
  const found = createHash('md5').update(bytes).digest('hex');
  if (found !== md5)
    throw new Failure(
      'InvalidSpec',
      `The MD5 of ${uri} is ${found}; ${by} says ${md5.slice(0, 60)}. The two are not of one report, or one is damaged: copy both again, or name another report.`,
    );
  const lacking = inventory.format === 'CSV' ? lackingColumn(inventory.columns) : null;
  if (lacking !== null) throw new Failure('InvalidSpec', `The inventory ${uri} cannot be used: ${lacking}.`);
  return inventory;
}
