/** @returns the same bytes in pieces of exactly `bytes`, the last one shorter or, where there are none, empty. */
export async function* pieces(body: AsyncIterable<Uint8Array>, bytes: number): AsyncGenerator<Uint8Array> {
  let held: Uint8Array[] = [];
  let size = 0;
  let given = 0;
  for await (const chunk of body) {
    held.push(chunk);
    size += chunk.byteLength;
    while (size >= bytes) {
      const all = Buffer.concat(held);
      yield all.subarray(0, bytes);
      given += 1;
      held = [all.subarray(bytes)];
      size -= bytes;
    }
  }
  if (size > 0 || given === 0) yield Buffer.concat(held);
}
