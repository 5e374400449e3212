import { createHash } from 'node:crypto';
import { isBlank } from '../../domain/blank.ts';
import { MAX_SOURCE_BYTES, gate } from '../../domain/gate.ts';
import { passesThrough } from '../../domain/pass-through.ts';
import { developed } from '../../domain/picture.ts';
import type { Picture } from '../../domain/picture.ts';
import type { ImageSpec } from '../../domain/spec.ts';
import type { SentFacts, TileFacts } from '../../domain/tile.ts';
import { imageTokens } from '../../domain/tokens.ts';
import type { Rendering, TileSource } from '../../ports/tile-renderer.ts';
import { MIME_TYPES, encode, thumbnail } from './encode.ts';
import type { Encoded } from './encode.ts';
import { bytesFacts, headerFacts } from './facts.ts';
import { readHeader } from './header.ts';
import type { Header } from './header.ts';
import { identify } from './identify.ts';
import type { PictureFormat } from './identify.ts';
import { readTile } from './read-tile.ts';
import { isReadableType } from './sample-type.ts';
import { Unrenderable, decoderWords } from './unrenderable.ts';

/** Takes in what is found out on the way, so that a tile that fails is described as far as it was read. */
type Note = (found: Partial<TileFacts>) => void;

function requireBytesWithinCap({ bytes }: TileSource): void {
  if (bytes.byteLength <= MAX_SOURCE_BYTES) return;
  const message = `The object has ${bytes.byteLength} bytes, more than ${MAX_SOURCE_BYTES}; cut the tile into smaller ones.`;
  throw new Unrenderable('too_large', message);
}

function requireReadable(header: Header): void {
  const refusal = gate({ ...header, bands: header.layout.count });
  if (refusal !== null) throw new Unrenderable(refusal.code, refusal.message);
  if (!isReadableType(header.dtype)) {
    throw new Unrenderable(
      'unsupported_format',
      `Samples of type ${header.dtype} are not read; write the tile as float32 or uint16.`,
    );
  }
  const incomplete = header.tiff?.incomplete ?? null;
  if (incomplete !== null) throw new Unrenderable('decode_failed', incomplete);
}

/** The bytes that go out: the original's where nothing has to be changed. */
function sendable(
  source: TileSource,
  picture: Picture,
  original: { format: PictureFormat; header: Header; image: ImageSpec },
): Promise<Encoded> {
  const { format, header, image } = original;
  const { width, height, dtype, bare, plain, layout } = header;
  const facts = { width, height, dtype, bare, bytes: source.bytes.byteLength, bands: layout.count, rgb: layout.rgb && plain };
  if (format === 'tiff' || !passesThrough(facts, image)) return encode(picture.raster, image);
  return Promise.resolve({ bytes: source.bytes, mime: MIME_TYPES[format], width, height });
}

function sentFacts({ bytes, mime, width, height }: Encoded): Partial<SentFacts> {
  return {
    sent_width: width,
    sent_height: height,
    sent_mime: mime,
    sent_bytes: bytes.byteLength,
    sent_sha256: createHash('sha256').update(bytes).digest('hex'),
    image_tokens_estimate: imageTokens(width, height),
  };
}

async function requireContent(encoded: Encoded, { raster }: Picture): Promise<void> {
  if (!isBlank(await thumbnail(encoded.bytes), raster.samples, raster.count)) return;
  throw new Unrenderable('empty_tile', 'The picture is one flat colour.');
}

async function render(source: TileSource, image: ImageSpec, note: Note): Promise<Uint8Array> {
  note(bytesFacts(source));
  requireBytesWithinCap(source);
  const format = identify(source.bytes);
  note({ format });
  const header = readHeader(format, source.bytes);
  note(headerFacts(source.key, header));
  requireReadable(header);
  const reading = await readTile(source.bytes, header, image);
  note({ bands_used: reading.bandsUsed, warnings: reading.warnings });
  const picture = developed(reading, image);
  note({ valid_fraction: picture.validFraction });
  if ('empty' in picture) throw new Unrenderable('empty_tile', picture.empty);
  note({ stretch: picture.stretch, warnings: [...reading.warnings, ...picture.warnings] });
  const encoded = await sendable(source, picture, { format, header, image });
  await requireContent(encoded, picture);
  note(sentFacts(encoded));
  return encoded.bytes;
}

async function renderOnce(source: TileSource, image: ImageSpec): Promise<Rendering> {
  let facts: TileFacts = bytesFacts({ key: source.key, bytes: new Uint8Array() });
  const note: Note = (found) => {
    facts = { ...facts, ...found };
  };
  try {
    const picture = await render(source, image, note);
    return { ok: true, picture, facts };
  } catch (error) {
    if (error instanceof Unrenderable) return { ok: false, code: error.code, message: error.message, facts };
    return {
      ok: false,
      code: 'internal',
      message: `The tile could not be prepared (${decoderWords(error)}); please report it.`,
      facts,
    };
  }
}

/**
 * What no rule of ours foresees is looked at twice: libvips has been seen to refuse a sound JPEG once, while several threads
 * began at the same moment, and to take it the next time.
 */
export async function renderedAgain(once: () => Promise<Rendering>): Promise<Rendering> {
  const first = await once();
  return first.ok || first.code !== 'internal' ? first : once();
}

/**
 * Makes the picture of a tile, in the order of docs/preparation.md. The same bytes and the same spec give the same picture.
 * Runs wherever it is called; `renderer.ts` calls it in worker threads.
 */
export function renderTile(source: TileSource, image: ImageSpec): Promise<Rendering> {
  return renderedAgain(() => renderOnce(source, image));
}
