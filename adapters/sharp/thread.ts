import { move, transferableSymbol, valueSymbol } from 'piscina';
import type { ImageSpec } from '../../domain/spec.ts';
import type { TileSource } from '../../ports/tile-renderer.ts';
import { renderTile } from './render.ts';

/** What a worker thread is given: one picture. */
export interface PictureJob {
  readonly source: TileSource;
  readonly image: ImageSpec;
}

/** The rendering goes back without its picture being copied again: out of memory of this thread's own, as libvips's cannot change hands. */
export default async function renderInThread({ source, image }: PictureJob): Promise<unknown> {
  const rendering = await renderTile(source, image);
  if (!rendering.ok) return rendering;
  const picture = Uint8Array.from(rendering.picture);
  return move({ [transferableSymbol]: [picture.buffer], [valueSymbol]: { ...rendering, picture } });
}
