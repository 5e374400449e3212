import type { Run } from '../../domain/run.ts';
import type { ImageSpec } from '../../domain/spec.ts';
import { KIB, MIB, SECOND_MS } from '../../domain/units.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { Rendering, TileRenderer } from '../../ports/tile-renderer.ts';
import type { Sample } from '../../report/sample.ts';
import { type Thumbnail, type Thumbnails, THUMBNAIL_TYPES } from '../../report/tile-card.ts';
import type { Pulse } from '../pulse.ts';
import { readObject } from '../read-object.ts';

/** Where tiles come from, and what makes pictures of them. */
export interface Darkroom {
  readonly input: ObjectStore;
  readonly renderer: TileRenderer;
  readonly run: Run;
  readonly pulse: Pulse;
}

const MAX_TILE_BYTES = 64 * MIB;
/** A page of a dozen stays below two megabytes. */
const MAX_PICTURE_BYTES = 96 * KIB;
const PATIENCE_MS = 20 * SECOND_MS;

function small(image: ImageSpec): ImageSpec {
  return { ...image, maxSide: 192, format: 'jpeg', quality: 70 };
}

/** @returns null where it is no picture of a report: a tile that is small already may be passed on as it is. */
function thumbnailOf(rendering: Rendering): Thumbnail | null {
  if (!rendering.ok || rendering.picture.byteLength > MAX_PICTURE_BYTES) return null;
  const mime = THUMBNAIL_TYPES.find((type) => type === rendering.facts.sent_mime);
  return mime === undefined ? null : { mime, base64: Buffer.from(rendering.picture).toString('base64') };
}

/** @returns null where the tile has changed, cannot be had in time, or makes no picture: the report does without. */
async function thumbnail({ input, renderer, run, pulse }: Darkroom, sample: Sample): Promise<Thumbnail | null> {
  const { bucket, key, etag, version_id } = sample;
  if (etag === null) return null;
  const signal = AbortSignal.any([pulse.signal, AbortSignal.timeout(PATIENCE_MS)]);
  const version = version_id === null ? {} : { versionId: version_id };
  try {
    const bytes = await readObject(input, { bucket, key }, { ifMatch: etag, maxBytes: MAX_TILE_BYTES, signal, ...version });
    return thumbnailOf(await renderer.render({ key, bytes }, small(run.spec.image)));
  } catch {
    pulse.signal.throwIfAborted();
    return null;
  }
}

/** @returns a small picture of each sample that still can be had, one after the other. It throws only when aborted. */
export async function thumbnailsOf(darkroom: Darkroom, samples: readonly Sample[]): Promise<Thumbnails> {
  const made = new Map<string, Thumbnail>();
  for (const sample of samples) {
    darkroom.pulse.beat({ picture: made.size });
    const picture = await thumbnail(darkroom, sample);
    if (picture !== null) made.set(sample.uri, picture);
  }
  return made;
}
