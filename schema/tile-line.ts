import { z } from 'zod';
import type { Tile } from '../domain/tile.ts';

/** A line of `manifest/`: a tile of the frozen input. */
export const TILE = z.strictObject({
  bucket: z.string({ error: 'text' }).min(1),
  key: z.string({ error: 'text' }).min(1),
  etag: z.string().nullable(),
  size: z.int().min(0).nullable(),
  last_modified: z.string().nullable(),
  version_id: z.string().nullable(),
  catalog: z
    .strictObject({
      bbox: z.tuple([z.number(), z.number(), z.number(), z.number()]).nullable(),
      datetime: z.string().nullable(),
      gsd_m: z.number().nullable(),
    })
    .exactOptional(),
}) satisfies z.ZodType<Tile>;
