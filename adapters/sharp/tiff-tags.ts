import { isCount } from '../../domain/count.ts';
import { Unrenderable } from './unrenderable.ts';

/** One image file directory: tag to its numbers, or its text. */
export interface TiffDirectory {
  readonly numbers: (tag: number) => readonly number[] | null;
  /** The first, where it is a whole number: what counts something is nothing else. */
  readonly number: (tag: number) => number | null;
  readonly text: (tag: number) => string | null;
}

interface Layout {
  readonly view: DataView;
  readonly little: boolean;
  readonly big: boolean;
}

interface Entry {
  readonly type: number;
  readonly count: number;
  readonly at: number;
}

const MAX_DIRECTORIES = 64;
const ASCII = 2;
/** Bytes and reader of each field type (TIFF 6.0 page 15, BigTIFF). */
const TYPES: Readonly<Record<number, { size: number; read: (layout: Layout, at: number) => number }>> = {
  1: { size: 1, read: ({ view }, at) => view.getUint8(at) },
  2: { size: 1, read: ({ view }, at) => view.getUint8(at) },
  3: { size: 2, read: ({ view, little }, at) => view.getUint16(at, little) },
  4: { size: 4, read: ({ view, little }, at) => view.getUint32(at, little) },
  6: { size: 1, read: ({ view }, at) => view.getInt8(at) },
  7: { size: 1, read: ({ view }, at) => view.getUint8(at) },
  8: { size: 2, read: ({ view, little }, at) => view.getInt16(at, little) },
  9: { size: 4, read: ({ view, little }, at) => view.getInt32(at, little) },
  11: { size: 4, read: ({ view, little }, at) => view.getFloat32(at, little) },
  12: { size: 8, read: ({ view, little }, at) => view.getFloat64(at, little) },
  13: { size: 4, read: ({ view, little }, at) => view.getUint32(at, little) },
  16: { size: 8, read: (layout, at) => wide(layout, at) },
  18: { size: 8, read: (layout, at) => wide(layout, at) },
};

/** 64 bits as a number: offsets beyond 2^53 lie outside any file. */
function wide({ view, little }: Layout, at: number): number {
  return Number(view.getBigUint64(at, little));
}

function truncated(what: string, at: number, layout: Layout): Unrenderable {
  const bytes = layout.view.byteLength;
  return new Unrenderable('decode_failed', `The TIFF is truncated: ${what} at byte ${at} of ${bytes}; upload the tile again.`);
}

function layoutOf(bytes: Uint8Array): Layout {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const little = bytes[0] === 0x49;
  const big = bytes.byteLength >= 4 && view.getUint16(2, little) === 43;
  const layout = { view, little, big };
  if (bytes.byteLength < (big ? 16 : 8)) throw truncated('the header ends', bytes.byteLength, layout);
  return layout;
}

function directoryOf(layout: Layout, entries: ReadonlyMap<number, Entry>): TiffDirectory {
  const read = (tag: number): readonly number[] | null => {
    const entry = entries.get(tag);
    const type = entry === undefined ? undefined : TYPES[entry.type];
    if (entry === undefined || type === undefined) return null;
    if (entry.at + type.size * entry.count > layout.view.byteLength) throw truncated(`tag ${tag} lies`, entry.at, layout);
    return Array.from({ length: entry.count }, (_, index) => type.read(layout, entry.at + index * type.size));
  };
  const text = (tag: number): string | null => {
    const codes = entries.get(tag)?.type === ASCII ? read(tag) : null;
    return codes === null ? null : (Buffer.from(codes).toString('latin1').split('\0')[0] ?? '').trim();
  };
  const number = (tag: number): number | null => {
    const value = read(tag)?.[0];
    return isCount(value) ? value : null;
  };
  return { numbers: read, number, text };
}

/** Where an entry's values stand: within it where they fit, else at the offset in it. */
function entryAt(layout: Layout, at: number): Entry {
  const { view, little, big } = layout;
  const type = view.getUint16(at + 2, little);
  const count = big ? wide(layout, at + 4) : view.getUint32(at + 4, little);
  const valueAt = at + (big ? 12 : 8);
  const fits = (TYPES[type]?.size ?? 1) * count <= (big ? 8 : 4);
  return { type, count, at: fits ? valueAt : big ? wide(layout, valueAt) : view.getUint32(valueAt, little) };
}

function directoryAt(layout: Layout, at: number): { directory: TiffDirectory; next: number } {
  const { view, little, big } = layout;
  const countSize = big ? 8 : 2;
  const entrySize = big ? 20 : 12;
  if (at + countSize > view.byteLength) throw truncated('a directory lies', at, layout);
  const count = big ? wide(layout, at) : view.getUint16(at, little);
  const end = at + countSize + count * entrySize;
  if (end + (big ? 8 : 4) > view.byteLength) throw truncated('a directory lies', at, layout);
  const entries = new Map<number, Entry>();
  for (let entry = at + countSize; entry < end; entry += entrySize)
    entries.set(view.getUint16(entry, little), entryAt(layout, entry));
  return { directory: directoryOf(layout, entries), next: big ? wide(layout, end) : view.getUint32(end, little) };
}

/**
 * Reads the directories of a TIFF (classic or BigTIFF, either byte order), never beyond its bytes; the first is the picture,
 * others are overviews and masks. Values are read when asked for.
 * @throws {Unrenderable} `decode_failed` where the first directory, or a value asked for, lies outside the file.
 */
export function readTiffDirectories(bytes: Uint8Array): readonly [TiffDirectory, ...TiffDirectory[]] {
  const layout = layoutOf(bytes);
  const seen = new Set<number>();
  const start = layout.big ? wide(layout, 8) : layout.view.getUint32(4, layout.little);
  const first = directoryAt(layout, start);
  const directories: [TiffDirectory, ...TiffDirectory[]] = [first.directory];
  seen.add(start);
  for (let at = first.next; at !== 0 && !seen.has(at) && seen.size < MAX_DIRECTORIES;) {
    seen.add(at);
    const { directory, next } = directoryAt(layout, at);
    directories.push(directory);
    at = next;
  }
  return directories;
}
