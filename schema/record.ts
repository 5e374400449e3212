import { z } from 'zod';
import { ERRORS, type ErrorCode } from '../domain/errors.ts';
import type { TileRecord } from '../domain/record.ts';
import { TASK_KINDS, type TaskKind } from '../domain/spec.ts';

/** A line of the output, field by field in its order (contract section 4), for audits and docs/records.md. */

function isOneOf<T extends string>(table: Readonly<Record<T, unknown>>): (word: unknown) => word is T {
  return (word): word is T => typeof word === 'string' && Object.hasOwn(table, word);
}

interface FieldType<T> {
  readonly schema: z.ZodType<T>;
  readonly type: string;
}

const TYPES = {
  text: { schema: z.string(), type: 'text' },
  textOrNull: { schema: z.string().nullable(), type: 'text or null' },
  count: { schema: z.int().min(0), type: 'whole number' },
  countOrNull: { schema: z.int().min(0).nullable(), type: 'whole number or null' },
  number: { schema: z.number(), type: 'number' },
  numberOrNull: { schema: z.number().nullable(), type: 'number or null' },
  flagOrNull: { schema: z.boolean().nullable(), type: 'boolean or null' },
  texts: { schema: z.array(z.string()), type: 'list of text' },
  countsOrNull: { schema: z.array(z.int().min(1)).nullable(), type: 'list of whole numbers, or null' },
  sha256: { schema: z.string().regex(/^[0-9a-f]{64}$/u), type: 'hex text' },
  sha256OrNull: {
    schema: z
      .string()
      .regex(/^[0-9a-f]{64}$/u)
      .nullable(),
    type: 'hex text or null',
  },
  time: { schema: z.iso.datetime({ offset: true }), type: 'ISO 8601 text' },
  timeOrNull: { schema: z.string().nullable(), type: 'ISO 8601 text or null' },
  bboxOrNull: { schema: z.tuple([z.number(), z.number(), z.number(), z.number()]).nullable(), type: '[w, s, e, n] or null' },
  objectOrNull: { schema: z.record(z.string(), z.unknown()).nullable(), type: 'object or null' },
  kind: { schema: z.custom<TaskKind>(isOneOf(TASK_KINDS)), type: Object.keys(TASK_KINDS).join(' or ') },
  status: { schema: z.enum(['ok', 'failed', 'skipped']), type: 'ok, failed or skipped' },
  errorOrNull: { schema: z.custom<ErrorCode>(isOneOf(ERRORS)).nullable(), type: 'a code of docs/errors.md, or null' },
  version: { schema: z.literal(1), type: '1' },
} as const satisfies Record<string, FieldType<unknown>>;

function of<T extends z.ZodType>({ schema, type }: { readonly schema: T; readonly type: string }, meaning: string): T {
  return schema.meta({ type, meaning });
}

/** Every field is always present. */
export const RECORD = z.strictObject({
  schema_version: of(TYPES.version, 'of this line'),
  run_id: of(TYPES.text, 'the run'),
  record_id: of(TYPES.sha256, 'the same for the same question about the same object, in every run'),
  request_sha256: of(TYPES.sha256OrNull, 'the same for the same question about the same bytes; null when nothing was sent'),
  dataset: of(TYPES.text, 'from the spec'),
  task_id: of(TYPES.text, 'from the spec'),
  kind: of(TYPES.kind, 'of the task'),
  status: of(TYPES.status, 'what became of the task'),
  error_code: of(TYPES.errorOrNull, 'null where the status is ok'),
  error_message: of(TYPES.textOrNull, 'one sentence; never the service’s own trace'),
  bucket: of(TYPES.text, 'where the tile is'),
  key: of(TYPES.text, 'where the tile is, byte for byte'),
  uri: of(TYPES.text, '`s3://bucket/key`'),
  file_name: of(TYPES.text, 'the last segment of the key'),
  etag: of(TYPES.textOrNull, 'of the object that was read, without quotes'),
  version_id: of(TYPES.textOrNull, 'of the object; null from a listing'),
  source_sha256: of(TYPES.sha256OrNull, 'of the object'),
  source_bytes: of(TYPES.countOrNull, 'size of the object'),
  width: of(TYPES.countOrNull, 'of the tile, in pixels'),
  height: of(TYPES.countOrNull, 'of the tile, in pixels'),
  bands: of(TYPES.countOrNull, 'that the tile has'),
  dtype: of(TYPES.textOrNull, 'of the samples, such as uint16'),
  format: of(TYPES.textOrNull, 'by its bytes, never by its name: jpeg, png, webp or tiff'),
  tile_z: of(TYPES.countOrNull, 'from the key, where that says it'),
  tile_x: of(TYPES.countOrNull, 'from the key'),
  tile_y: of(TYPES.countOrNull, 'from the key, counted from the north (XYZ)'),
  crs: of(TYPES.textOrNull, 'coordinate system of the tile'),
  bbox: of(
    TYPES.bboxOrNull,
    'longitude and latitude; west is greater than east across the antimeridian; where the tile does not say, that of its STAC Item',
  ),
  gsd_m: of(TYPES.numberOrNull, 'metres on the ground per pixel'),
  datetime: of(TYPES.timeOrNull, 'when it was seen, where its STAC Item or else the tile says so'),
  service: of(TYPES.text, 'that was asked'),
  model: of(TYPES.text, 'that was asked'),
  prompt: of(TYPES.text, 'what was asked; the question of a vqa task'),
  max_tokens: of(TYPES.count, 'from the spec'),
  temperature: of(TYPES.number, 'from the spec'),
  text: of(TYPES.textOrNull, 'caption or answer as the model gave it; U+FFFD for half a character'),
  value: of(TYPES.textOrNull, 'the answer read as its declared type; null with the warning `unparsed_answer`'),
  finish_reason: of(TYPES.textOrNull, 'as the service says, at most 64 characters; these services always say stop'),
  suspect_truncated: of(TYPES.flagOrNull, 'near the limit and without an end mark; truncation itself cannot be seen'),
  completion_tokens: of(TYPES.countOrNull, 'as the service says, where that is a whole number; these services count words'),
  image_tokens_estimate: of(TYPES.countOrNull, 'of the picture that was sent'),
  call_id: of(TYPES.textOrNull, 'the service’s name for the job'),
  attempts: of(TYPES.count, 'jobs submitted or refused; 0 when nothing was sent, or another tile was asked in its stead'),
  latency_ms: of(TYPES.countOrNull, 'from submit to done, as seen'),
  sent_width: of(TYPES.countOrNull, 'of the picture that was sent'),
  sent_height: of(TYPES.countOrNull, 'of the picture that was sent'),
  sent_mime: of(TYPES.textOrNull, 'of the picture that was sent'),
  sent_bytes: of(TYPES.countOrNull, 'of the picture that was sent'),
  sent_sha256: of(TYPES.sha256OrNull, 'of exactly the bytes the service got'),
  bands_used: of(TYPES.countsOrNull, 'counted from 1'),
  stretch: of(TYPES.textOrNull, 'what made 8 bits of the samples: none, percentile or scale, with its limits'),
  valid_fraction: of(TYPES.numberOrNull, 'share of pixels that are not nodata'),
  result: of(TYPES.objectOrNull, 'for kinds that answer with more than text'),
  warnings: of(
    TYPES.texts,
    'what is odd and did not stop the task; `same_request_as=<uri>` where the answer is that of a tile with the same picture',
  ),
  created_at: of(TYPES.time, 'when the line was made; of a shared answer, when it was recorded'),
}) satisfies z.ZodType<TileRecord>;
