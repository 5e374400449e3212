import { Failure } from '../../domain/failure.ts';
import { s3Uri, type S3Location } from '../../domain/layout.ts';
import type { InputSpec } from '../../domain/spec.ts';
import type { Ignored } from '../../domain/tile.ts';
import { ObjectStoreError, type ObjectFacts, type ObjectStore } from '../../ports/object-store.ts';
import { nearestName } from '../../schema/nearest.ts';
import { inputKind, type InputKind } from '../../schema/uri.ts';
import type { IgnoredCounts } from './candidate.ts';

/** An input without a tile. */
export interface EmptyInput {
  readonly store: ObjectStore;
  readonly input: InputSpec;
  readonly at: S3Location;
  readonly ignored: IgnoredCounts;
}

const REASONS: Readonly<Record<Ignored, string>> = {
  zero_bytes: 'without bytes',
  folder: 'folder markers',
  sidecar: 'sidecars or archives by their ending',
  excluded: 'left out by input.include and input.exclude',
  duplicate: 'named twice',
};
const MOST_NEIGHBOURS = 20;
const SHOWN_NEIGHBOURS = 5;

async function firstOf(
  store: ObjectStore,
  query: { bucket: string; prefix: string; startAfter: string },
): Promise<ObjectFacts | null> {
  const { startAfter, ...rest } = query;
  for await (const page of store.list(startAfter === '' ? rest : query)) if (page[0] !== undefined) return page[0];
  return null;
}

/** What stands directly below a prefix: folders with their slash, and objects. */
async function neighbours(store: ObjectStore, bucket: string, prefix: string): Promise<string[]> {
  const names: string[] = [];
  let startAfter = '';
  while (names.length < MOST_NEIGHBOURS) {
    const found = await firstOf(store, { bucket, prefix, startAfter });
    if (found === null) break;
    const [name = '', ...below] = found.key.slice(prefix.length).split('/');
    names.push(below.length === 0 ? name : `${name}/`);
    // '0' is the character after '/': the first key behind the folder.
    startAfter = below.length === 0 ? found.key : `${prefix}${name}0`;
  }
  return names;
}

function parentOf(prefix: string): string {
  return prefix.slice(0, prefix.lastIndexOf('/', prefix.length - 2) + 1);
}

/** @returns that the address is that of one object, and what to name instead; null where it is not. */
async function hintOfObject(store: ObjectStore, { bucket, key: prefix }: S3Location): Promise<string | null> {
  const key = prefix.slice(0, -1);
  if (key === '' || key.endsWith('/')) return null;
  // The shortest of all keys that begin so comes first.
  const first = await firstOf(store, { bucket, prefix: key, startAfter: '' });
  if (first?.key !== key) return null;
  const folder = s3Uri({ bucket, key: parentOf(prefix) });
  return `${s3Uri({ bucket, key })} is one object: name the prefix that holds it, ${folder}, or an object that names tiles; its name ends in .jsonl, .json, .geojson or /manifest.json, in lower case.`;
}

/** @returns what is there instead of an empty prefix, from the nearest parent that holds anything. */
async function hintOfPrefix(store: ObjectStore, { bucket, key }: S3Location): Promise<string> {
  if (key === '') return 'The bucket is empty.';
  for (let prefix = parentOf(key); ; prefix = parentOf(prefix)) {
    const names = await neighbours(store, bucket, prefix);
    const nearest = nearestName(key.slice(prefix.length), names);
    if (nearest !== null) return `Did you mean ${s3Uri({ bucket, key: prefix + nearest })}?`;
    if (names.length > 0)
      return `Below ${s3Uri({ bucket, key: prefix })} there are: ${names.slice(0, SHOWN_NEIGHBOURS).join(', ')}.`;
    if (prefix === '') return 'The bucket is empty.';
  }
}

async function nearestHint({ store, at }: EmptyInput): Promise<string> {
  try {
    return (await hintOfObject(store, at)) ?? (await hintOfPrefix(store, at));
  } catch (error) {
    if (error instanceof ObjectStoreError) return 'Correct input.uri.';
    throw error;
  }
}

const NOTHING: Readonly<Record<InputKind, (empty: EmptyInput) => string | Promise<string>>> = {
  prefix: async (empty) => `nothing is there. ${await nearestHint(empty)}`,
  key_list: () => 'it has no lines. Write one {"key":"..."} a line.',
  inventory: () => 'no row of the inventory is about a present object of its source bucket. Name another report.',
  stac: () => 'no STAC Item is in it or behind its links. Name a document that leads to Items.',
};

function hintOfFilters({ input, ignored }: EmptyInput): string {
  if (ignored.excluded === 0) return 'Correct input.uri.';
  const shallow = input.include?.find((glob) => !glob.includes('/'));
  if (shallow === undefined) return 'Correct input.include and input.exclude (upper and lower case differ).';
  return `Correct input.include: ${JSON.stringify(shallow)} looks directly below the prefix only, ${JSON.stringify(`**/${shallow}`)} at every depth.`;
}

/** @returns the Failure that says what was looked at, what was there, and what to do. */
export async function emptyInput(empty: EmptyInput): Promise<Failure> {
  const reasons = (Object.keys(REASONS) as Ignored[]).filter((reason) => empty.ignored[reason] > 0);
  const total = reasons.reduce((sum, reason) => sum + empty.ignored[reason], 0);
  const uri = s3Uri(empty.at);
  if (total > 0) {
    const counted = reasons.map((reason) => `${empty.ignored[reason]} ${REASONS[reason]}`).join(', ');
    return new Failure(
      'NotFound',
      `No tiles in ${uri}: ${total} looked at, none is a tile (${counted}). ${hintOfFilters(empty)}`,
    );
  }
  return new Failure('NotFound', `No tiles in ${uri}: ${await NOTHING[inputKind(empty.input.uri)](empty)}`);
}
