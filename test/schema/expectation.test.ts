import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Failure } from '../../domain/failure.ts';
import { parseCurrentView } from '../../schema/current.ts';
import { parseFrozen, parseListed } from '../../schema/frozen.ts';
import { parseIntakeRegister } from '../../schema/intake-register.ts';
import { check, refuseMistakes } from '../../schema/mistake.ts';
import { RECORD } from '../../schema/record.ts';
import { parseRunManifest } from '../../schema/run-manifest.ts';
import { parseRun } from '../../schema/run.ts';
import { TILE } from '../../schema/tile-line.ts';

type Parse = (document: unknown, what: string) => unknown;

const line =
  (schema: Parameters<typeof check>[0]): Parse =>
  (document, what) =>
    refuseMistakes(check(schema, document).mistakes, { kind: 'Internal', what });

const DOCUMENTS: readonly (readonly [string, Parse, readonly string[]])[] = [
  ['run.json', parseRun, ['schema_version', 'services', 'lanes', 'range_tiles', 'started_at']],
  ['manifest.json', parseRunManifest, ['schema_version', 'state', 'inputs', 'ignored', 'parts', 'index']],
  ['frozen.json', parseFrozen, ['schema_version', 'inputs', 'ranges', 'ignored']],
  ['a list of what was read', parseListed, ['range', 'part', 'end', 'source_etag']],
  ['a current view', parseCurrentView, ['generation', 'runs', 'parts']],
  ['a register of events', parseIntakeRegister, ['next', 'claims']],
  ['a record', line(RECORD), ['status', 'kind', 'bbox', 'created_at', 'source_sha256', 'attempts', 'warnings']],
  ['a tile', line(TILE), ['bucket', 'key', 'size', 'catalog']],
];

const values = fc.oneof(fc.jsonValue(), fc.constantFrom(-1, 1.5, '', [], {}, [{}], [null], { a: {} }, 2));

describe('what is wrong with a document that programs write', () => {
  it.each(DOCUMENTS)('is told in words of ours: %s', (_name, parse, fields) => {
    const documents = fc.oneof(values, fc.dictionary(fc.constantFrom(...fields, 'more'), values));
    const said = (document: unknown): string => {
      try {
        parse(document, 's3://out/x');
        return '';
      } catch (error) {
        if (error instanceof Failure) return error.message;
        throw error;
      }
    };
    fc.assert(
      fc.property(documents, (document) => {
        expect(said(document)).not.toMatch(/Invalid |Too (?:small|big)|Unrecognized|received |undefined/u);
      }),
      { numRuns: 200 },
    );
  });

  it('says what was expected', () => {
    const { mistakes } = check(RECORD, { schema_version: 2, attempts: -1, status: 'done', warnings: 'none', more: 1 });
    const told = Object.fromEntries(mistakes.map(({ path, problem }) => [path.join('.'), problem]));
    expect(told).toMatchObject({
      schema_version: '2; expected 1',
      run_id: 'missing; expected text',
      attempts: '-1; expected a number, at least 0',
      status: '"done"; expected "ok" or "failed" or "skipped"',
      warnings: '"none"; expected a list',
      more: 'unknown field',
    });
  });
});
