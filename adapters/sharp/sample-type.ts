/** Sample types that one of the readers takes: whole numbers to 32 bits, floats of 16, 32 and 64. Not complex. */
const READABLE = /^(?:uint(?:[1-9]|[12]\d|3[0-2])|int(?:8|16|32)|float(?:16|32|64))$/;

/** @param dtype as numpy calls it */
export function isReadableType(dtype: string): boolean {
  return READABLE.test(dtype);
}
