import type { ErrorCode } from './errors.ts';
import type { TaskKind } from './spec.ts';
import type { SentFacts, SourceFacts } from './tile.ts';

/** One line of the output (contract section 4). Every field is always present; null where unknown. */
export interface TileRecord extends SourceFacts, SentFacts {
  readonly schema_version: 1;
  readonly run_id: string;
  readonly record_id: string;
  readonly request_sha256: string | null;
  readonly dataset: string;
  readonly task_id: string;
  readonly kind: TaskKind;
  readonly status: 'ok' | 'failed' | 'skipped';
  readonly error_code: ErrorCode | null;
  readonly error_message: string | null;
  readonly bucket: string;
  readonly key: string;
  readonly uri: string;
  readonly file_name: string;
  readonly etag: string | null;
  readonly version_id: string | null;
  readonly service: string;
  readonly model: string;
  readonly prompt: string;
  readonly max_tokens: number;
  readonly temperature: number;
  readonly text: string | null;
  readonly value: string | null;
  readonly finish_reason: string | null;
  readonly suspect_truncated: boolean | null;
  readonly completion_tokens: number | null;
  readonly call_id: string | null;
  readonly attempts: number;
  readonly latency_ms: number | null;
  readonly result: Readonly<Record<string, unknown>> | null;
  readonly warnings: readonly string[];
  readonly created_at: string;
}
