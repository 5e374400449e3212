import type { RenderProblem } from '../../ports/tile-renderer.ts';

/** Why a tile is not made into a picture; becomes a value at the border (render.ts). */
export class Unrenderable extends Error {
  readonly code: RenderProblem;

  constructor(code: RenderProblem, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

/** @returns whether libvips took too long, which says more of the machine than of the tile. */
export function isOutOfTime(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('timeout: ');
}

/** What a decoder says, on one line and short: it goes into records. */
export function decoderWords(error: unknown): string {
  const words = error instanceof Error ? error.message : String(error);
  const line = words.split('\n').find((text) => text.trim() !== '') ?? '';
  // oxlint-disable-next-line no-control-regex
  return line
    .replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, ' ')
    .slice(0, 200)
    .trim();
}
