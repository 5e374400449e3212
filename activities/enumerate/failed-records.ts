import { ERRORS, type ErrorCode } from '../../domain/errors.ts';
import { Failure } from '../../domain/failure.ts';
import { inRun, s3Uri, type S3Location } from '../../domain/layout.ts';
import type { CatalogFacts } from '../../domain/tile.ts';
import { ObjectStoreError, type ObjectStore } from '../../ports/object-store.ts';
import { textLines } from '../lines.ts';
import type { RetriedRun } from '../retried-run.ts';
import { s3Failure } from '../s3-failure.ts';

/** What a retry needs of a record. */
export interface FailedRecord extends S3Location, CatalogFacts {
  readonly code: ErrorCode;
}

const ADVICE = 'Start a run without retry: it finds out for itself what is owed.';

function recordOf(line: string): FailedRecord | null {
  try {
    const { bucket, key, error_code: code, ...rest } = JSON.parse(line) as Record<string, unknown>;
    const { bbox = null, datetime = null, gsd_m = null } = rest as Partial<CatalogFacts>;
    const named = typeof bucket === 'string' && typeof key === 'string';
    if (!named || typeof code !== 'string' || !Object.hasOwn(ERRORS, code)) return null;
    return { bucket, key, code: code as ErrorCode, bbox, datetime, gsd_m };
  } catch {
    return null;
  }
}

async function* recordsIn(output: ObjectStore, at: S3Location): AsyncGenerator<FailedRecord> {
  let line = 0;
  for await (const text of textLines(await output.get(at))) {
    line += 1;
    const record = recordOf(text);
    if (record === null)
      throw new Failure('Internal', `${s3Uri(at)}: line ${line} is no record; something has changed it. ${ADVICE}`);
    yield record;
  }
}

function readFailure(error: unknown, at: S3Location): unknown {
  if (!(error instanceof ObjectStoreError) || error.problem !== 'missing') return s3Failure(error, 'output');
  return new Failure('NotFound', `${s3Uri(at)} is gone, although manifest.json names it. ${ADVICE}`, { cause: error });
}

/** Everything that an ended run recorded in `errors/`, in its order. @throws Failure */
export async function* failedRecords(output: ObjectStore, { place, manifest }: RetriedRun): AsyncGenerator<FailedRecord> {
  const paths = manifest.parts.map(({ path }) => path).filter((path) => path.startsWith('errors/'));
  for (const path of paths.toSorted()) {
    const at = inRun(place, path);
    try {
      yield* recordsIn(output, at);
    } catch (error) {
      throw readFailure(error, at);
    }
  }
}
