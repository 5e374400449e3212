const LF = 0x0a;

/** @returns the whole body. */
export async function readBytes(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function* following(first: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncIterable<Uint8Array> {
  yield first;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
}

/** The first line of an object and what comes after it; whoever does not read the rest closes it. */
export interface Opened<Head> {
  readonly head: Head;
  readonly rest: AsyncIterable<Uint8Array>;
  close(): Promise<void>;
}

/** Reads the first line of one of our own JSONL objects: a slice's records are of no interest to whoever takes over. */
export async function firstLine<Head>(body: AsyncIterable<Uint8Array>): Promise<Opened<Head>> {
  const chunks = body[Symbol.asyncIterator]();
  const seen: Uint8Array[] = [];
  let after = new Uint8Array();
  for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) {
    const end = next.value.indexOf(LF);
    seen.push(end === -1 ? next.value : next.value.subarray(0, end));
    after = end === -1 ? after : next.value.slice(end + 1);
    if (end !== -1) break;
  }
  const head = JSON.parse(Buffer.concat(seen).toString('utf8')) as Head;
  return { head, rest: following(after, chunks), close: async () => void (await chunks.return?.()) };
}

/** @returns the lines of one of our own JSONL objects, parsed. */
export function splitLines<Line>(bytes: Buffer): Line[] {
  const lines = bytes.toString('utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Line);
}
