import type { ErrorCode } from '../domain/errors.ts';
import type { ImageSpec } from '../domain/spec.ts';
import type { TileFacts } from '../domain/tile.ts';

export interface TileSource {
  /** For the place that a key may tell (z/x/y, quadkey); never opened as a path. */
  readonly key: string;
  readonly bytes: Uint8Array;
}

/** What a tile cannot be made into a picture for. */
export type RenderProblem = Extract<
  ErrorCode,
  'unsupported_format' | 'decode_failed' | 'too_large' | 'too_small' | 'empty_tile' | 'internal'
>;

export type Rendering =
  | { readonly ok: true; readonly picture: Uint8Array; readonly facts: TileFacts }
  | { readonly ok: false; readonly code: RenderProblem; readonly message: string; readonly facts: TileFacts };

/** Makes the picture that is sent out of a tile's bytes. A bad tile is a value, never an exception. */
export interface TileRenderer {
  render(source: TileSource, image: ImageSpec): Promise<Rendering>;
  close(): Promise<void>;
}
