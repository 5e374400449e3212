import type { TileRecord } from './record.ts';

/** For which tile a request was made that others share, and when its record was. */
export interface AskedFor {
  readonly uri: string;
  readonly recordedAtMs: number;
}

const WARNING = 'same_request_as=';

/** @returns the warning that says for which tile a record's request was made. */
export function sameRequestWarning(uri: string): string {
  return WARNING + uri;
}

/** @returns the uri of the tile that was asked in a record's stead; null where its own was. */
export function sameRequestAs(record: Pick<TileRecord, 'warnings'>): string | null {
  return record.warnings.find((warning) => warning.startsWith(WARNING))?.slice(WARNING.length) ?? null;
}

/** @returns a warning without what differs from tile to tile, for counting. */
export function warningKind(warning: string): string {
  return warning.startsWith(WARNING) ? WARNING.slice(0, -1) : warning;
}
