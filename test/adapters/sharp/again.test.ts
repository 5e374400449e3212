import { expect, it } from 'vitest';
import { renderedAgain } from '../../../adapters/sharp/render.ts';
import { NO_FACTS } from '../../../domain/tile.ts';
import type { Rendering } from '../../../ports/tile-renderer.ts';

const PICTURE: Rendering = { ok: true, picture: new Uint8Array(1), facts: NO_FACTS };
const refused = (code: 'internal' | 'decode_failed'): Rendering => ({ ok: false, code, message: 'no', facts: NO_FACTS });

function inTurn(...renderings: Rendering[]): { once: () => Promise<Rendering>; left: Rendering[] } {
  return { once: async () => renderings.shift() ?? PICTURE, left: renderings };
}

it('a tile that fails as no rule foresees is looked at once more', async () => {
  expect(await renderedAgain(inTurn(refused('internal'), PICTURE).once)).toBe(PICTURE);
  expect(await renderedAgain(inTurn(refused('internal'), refused('internal')).once)).toMatchObject({ code: 'internal' });
});

it('a tile that is bad, or good, is looked at once', async () => {
  for (const rendering of [refused('decode_failed'), PICTURE]) {
    const { once, left } = inTurn(rendering, PICTURE);
    expect(await renderedAgain(once)).toBe(rendering);
    expect(left).toHaveLength(1);
  }
});
