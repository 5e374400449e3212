import { renderTile } from '../../adapters/sharp/render.ts';
import type { ImageSpec } from '../../domain/spec.ts';
import type { TileFacts } from '../../domain/tile.ts';
import type { RenderProblem } from '../../ports/tile-renderer.ts';
import { DEFAULT_IMAGE, seen } from './pictures.ts';
import type { Pixels } from './pictures.ts';

/** A tile that was made into a picture, and what the picture shows. */
export interface Rendered extends Pixels {
  readonly picture: Uint8Array;
  readonly facts: TileFacts;
}

/** Renders as PNG unless told, so that levels can be compared exactly. Fails the test where there is no picture. */
export async function rendered(bytes: Uint8Array, image: Partial<ImageSpec> = {}, key = 'tile.bin'): Promise<Rendered> {
  const rendering = await renderTile({ key, bytes }, { ...DEFAULT_IMAGE, format: 'png', ...image });
  if (!rendering.ok) throw new Error(`${rendering.code}: ${rendering.message}`);
  return { ...(await seen(rendering.picture)), picture: rendering.picture, facts: rendering.facts };
}

export interface Refusal {
  readonly code: RenderProblem | 'none';
  readonly message: string;
  readonly facts: TileFacts;
}

/** @returns why a tile was not made into a picture. */
export async function refusal(bytes: Uint8Array, image: Partial<ImageSpec> = {}, key = 'tile.bin'): Promise<Refusal> {
  const rendering = await renderTile({ key, bytes }, { ...DEFAULT_IMAGE, ...image });
  const { facts } = rendering;
  return rendering.ok ? { code: 'none', message: '', facts } : { code: rendering.code, message: rendering.message, facts };
}
