import { compareRecords } from '../domain/merge-order.ts';
import type { TileRecord } from '../domain/record.ts';

/** A record and where it stands. */
export interface Placed {
  readonly record: TileRecord;
  readonly path: string;
  /** 1-based. */
  readonly line: number;
  /** It stands behind one that comes after it. */
  readonly late: boolean;
}

interface Stream {
  readonly rest: AsyncGenerator<Placed>;
  readonly head: Placed;
}

async function advanced(rest: AsyncGenerator<Placed>): Promise<Stream[]> {
  const next = await rest.next();
  return next.done === true ? [] : [{ rest, head: next.value }];
}

function first(streams: readonly Stream[]): Stream | undefined {
  return streams.reduce<Stream | undefined>(
    (least, stream) => (least === undefined || compareRecords(stream.head.record, least.head.record) < 0 ? stream : least),
    undefined,
  );
}

/** The records of several parts, each of them sorted, in their common order; one of each is held. */
export async function* mergedRecords(parts: readonly AsyncGenerator<Placed>[]): AsyncGenerator<Placed> {
  let streams: Stream[] = [];
  try {
    for (const part of parts) streams.push(...(await advanced(part)));
    for (let least = first(streams); least !== undefined; least = first(streams)) {
      yield least.head;
      const { rest } = least;
      const others = streams.filter((stream) => stream.rest !== rest);
      streams = [...others, ...(await advanced(rest))];
    }
  } finally {
    for (const part of parts) await part.return(undefined);
  }
}
