import fc from 'fast-check';
import type { TileRecord } from '../../domain/record.ts';
import { recordOf } from '../report/fixture.ts';

/** Pieces that break careless writers of any of the formats. */
const PIECES = [
  '"',
  "'",
  '=1+1',
  '+',
  '-',
  '@SUM(A1)',
  '＝1',
  '\t',
  '\r',
  '\n',
  '\r\n',
  ',',
  ';',
  '\0',
  '\u001E',
  '\u001B[2J',
  '\uD800',
];
const MORE = ['\uDC00', '🚢', '\u202E', '\u2028', '<script>alert(1)</script>', '\\', '\\ud800', '-5', "'=1", '{}', '', ' '];

export const hostileText: fc.Arbitrary<string> = fc
  .array(fc.oneof(fc.constantFrom(...PIECES, ...MORE), fc.string({ unit: 'binary', maxLength: 5 })), { maxLength: 6 })
  .map((pieces) => pieces.join(''));

const OUTCOMES = [
  { status: 'ok', error_code: null },
  { status: 'failed', error_code: 'decode_failed' },
  { status: 'skipped', error_code: 'empty_tile' },
] as const satisfies readonly Partial<TileRecord>[];

const longitude = fc.double({ min: -180, max: 180, noNaN: true });
const latitude = fc.double({ min: -90, max: 90, noNaN: true });
const box = fc
  .tuple(longitude, latitude, longitude, latitude)
  .map(([west, a, east, b]): TileRecord['bbox'] => [west, Math.min(a, b), east, Math.max(a, b)]);

/** A record that holds whatever a model, an uploader or a service could have put there. */
export const hostileRecord: fc.Arbitrary<TileRecord> = fc
  .record({
    outcome: fc.constantFrom(...OUTCOMES),
    key: hostileText,
    text: fc.option(hostileText),
    message: fc.option(hostileText),
    value: fc.option(hostileText),
    warnings: fc.array(hostileText, { maxLength: 2 }),
    result: fc.option(fc.dictionary(hostileText, hostileText, { maxKeys: 2 })),
    gsd: fc.option(fc.double({ min: -1e6, max: 1e6, noNaN: true })),
    box: fc.option(box),
    finish: fc.option(hostileText),
  })
  .map(({ outcome, key, text, message, value, warnings, result, gsd, box: bbox, finish }) =>
    recordOf({
      ...outcome,
      key,
      text: outcome.status === 'ok' ? (text ?? '') : null,
      error_message: outcome.status === 'ok' ? null : message,
      value,
      warnings,
      result,
      gsd_m: gsd,
      bbox,
      finish_reason: finish,
    }),
  );

/** @returns what UTF-8 keeps of a value: halves of surrogate pairs are U+FFFD, in the names of fields too. */
export function asUtf8(value: unknown): unknown {
  if (typeof value === 'string') return Buffer.from(value).toString();
  if (Array.isArray(value)) return value.map(asUtf8);
  if (value === null || typeof value !== 'object') return Object.is(value, -0) ? 0 : value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [asUtf8(key), asUtf8(inner)]));
}
