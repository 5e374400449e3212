/** JSON with every object as an array: names of fields once, moments as ms since one of them. For what must stay small. */
export interface Packed {
  readonly sinceMs: number;
  /** Field names of each kind of object; `moments`: where moments are. */
  readonly shapes: readonly { readonly keys: readonly string[]; readonly moments: readonly number[] }[];
  readonly value: unknown;
}

type Shapes = Packed['shapes'][number][];

/** No duration is as long, and no moment as early: 1973. */
const MOMENT_MS = 1e11;
/** In place of a shape: an array. */
const ARRAY = -1;

/** Whole ones only: a fraction would not survive the subtraction. */
function isMoment(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) > MOMENT_MS;
}

function shapeOf(shapes: Shapes, object: Readonly<Record<string, unknown>>): number {
  const keys = Object.keys(object);
  const moments = keys.flatMap((key, at) => (isMoment(object[key]) ? [at] : []));
  const text = JSON.stringify({ keys, moments });
  const known = shapes.findIndex((shape) => JSON.stringify(shape) === text);
  return known >= 0 ? known : shapes.push({ keys, moments }) - 1;
}

function packedValue(value: unknown, to: { shapes: Shapes; sinceMs: number }): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return [ARRAY, ...value.map((one) => packedValue(one, to))];
  const shape = shapeOf(to.shapes, value as Record<string, unknown>);
  const fields = Object.values(value).map((one) => (isMoment(one) ? Number(one) - to.sinceMs : packedValue(one, to)));
  return [shape, ...fields];
}

/** @param value plain JSON. @param sinceMs a moment near those in it. */
export function packed(value: unknown, sinceMs: number): Packed {
  const shapes: Shapes = [];
  return { sinceMs, value: packedValue(value, { shapes, sinceMs }), shapes };
}

function unpackedValue(value: unknown, from: Packed): unknown {
  if (!Array.isArray(value)) return value;
  const [head, ...rest] = value as readonly unknown[];
  if (head === ARRAY) return rest.map((one) => unpackedValue(one, from));
  const { keys = [], moments = [] } = from.shapes[Number(head)] ?? {};
  const fields = rest.map((one, at) => (moments.includes(at) ? Number(one) + from.sinceMs : unpackedValue(one, from)));
  return Object.fromEntries(keys.map((key, at) => [key, fields[at]]));
}

/** @returns what was packed. */
export function unpacked(from: Packed): unknown {
  return unpackedValue(from.value, from);
}
