import { createHash } from 'node:crypto';
import { NO_FACTS } from '../../domain/tile.ts';
import type { TileRenderer } from '../../ports/tile-renderer.ts';

/** @returns a renderer that sends every tile as it is and says where it was asked. */
export function plainRenderer(rendered: string[] = []): TileRenderer {
  return {
    render: async ({ key, bytes }) => {
      rendered.push(key);
      const sent_sha256 = createHash('sha256').update(bytes).digest('hex');
      const facts = { ...NO_FACTS, sent_mime: 'image/png', sent_sha256, source_bytes: bytes.byteLength };
      return { ok: true, picture: bytes, facts };
    },
    close: async () => {},
  };
}
