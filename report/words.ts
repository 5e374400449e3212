import { quantity } from '../domain/quantity.ts';
import { SECOND_MS } from '../domain/units.ts';

const COUNTS = new Intl.NumberFormat('en', { useGrouping: true });
const SCALES = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
  ['s', 1],
] as const;

/** @returns `12,345` */
export function count(value: number): string {
  return COUNTS.format(value);
}

/** @returns `1 tile`, `2 tiles` */
export function counted(value: number, noun: string): string {
  return quantity(value, noun, count);
}

/** @returns the two largest parts of a time: `2 h 5 min`, `42 s`. */
export function lasting(seconds: number): string {
  const first = SCALES.findIndex(([, size]) => seconds >= size);
  if (first === -1) return '0 s';
  const parts = SCALES.slice(first, first + 2).map(([name, size], at) => {
    const above = at === 0 ? Number.POSITIVE_INFINITY : (SCALES[first]?.[1] ?? 1);
    return [Math.floor((seconds % above) / size), name] as const;
  });
  return parts
    .filter(([size]) => size > 0)
    .map(([size, name]) => `${size} ${name}`)
    .join(' ');
}

/** @returns `0.42 s`, `12 s`, or minutes and hours as {@link lasting}. */
export function latency(ms: number): string {
  const seconds = ms / SECOND_MS;
  return seconds < 10 ? `${Number(seconds.toPrecision(2))} s` : lasting(Math.round(seconds));
}

/** @returns `2026-03-01 12:00 UTC`; what is no time stays as it is. */
export function moment(iso: string): string {
  const ms = Date.parse(iso);
  return Number.isNaN(ms) ? iso : `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
