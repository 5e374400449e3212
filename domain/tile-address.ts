import type { TileAddress } from './mercator.ts';

/** Deepest zoom level that imagery is cut to; deeper numbers are something else. */
const MAX_ZOOM = 28;
/** Shorter runs of the digits 0-3 are counters more often than quadkeys. */
const QUADKEY = /(?:^|\/)([0-3]{8,28})(?:@2x)?\.[A-Za-z0-9]+$/;
/** The folders of a day, before a file that is named by a number: 2026/11/21/. */
const FOLDERS_OF_DAY = /(?:^|[^\d])(?:19|20)\d\d\/(?:[1-9]|1[0-2])\/(?:[1-9]|[12]\d|3[01])\/[^/]*$/;
const XYZ = /(?:^|\/)(0|[1-9]\d?)\/(0|[1-9]\d{0,8})\/(0|[1-9]\d{0,8})(?:@2x)?\.[A-Za-z0-9]+$/;
/** 20210312, 202103120130 and 20210312013000 are dates; counters start with zeros, where the far Arctic would be. */
const DATE = /^20[0-3][0-3](?:0[1-3]|1[0-2])(?:0[1-3]|[12][0-3]|3[01])(?:[0-3]{4}|[0-3]{6})?$/;
const COUNTER = /^0000/;

function fromXyz(key: string): TileAddress | null {
  const match = XYZ.exec(key);
  if (match === null || FOLDERS_OF_DAY.test(key)) return null;
  const [z, x, y] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const side = 2 ** z;
  return z <= MAX_ZOOM && x < side && y < side ? { z, x, y } : null;
}

function fromQuadkey(key: string): TileAddress | null {
  const digits = QUADKEY.exec(key)?.[1];
  if (digits === undefined || DATE.test(digits) || COUNTER.test(digits)) return null;
  let x = 0;
  let y = 0;
  for (const digit of digits) {
    x = x * 2 + (Number(digit) & 1);
    y = y * 2 + (Number(digit) >> 1);
  }
  return { z: digits.length, x, y };
}

/** @returns the web mercator tile that a key names, `{z}/{x}/{y}.ext` or `{quadkey}.ext`, or null. Dates are neither, and counters are not quadkeys. */
export function addressOfKey(key: string): TileAddress | null {
  return fromXyz(key) ?? fromQuadkey(key);
}
