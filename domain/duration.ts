import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from './units.ts';

const STEPS = [
  { ms: DAY_MS, one: 'day', many: 'days' },
  { ms: HOUR_MS, one: 'h', many: 'h' },
  { ms: MINUTE_MS, one: 'min', many: 'min' },
  { ms: SECOND_MS, one: 's', many: 's' },
] as const;

/** @returns a duration as people say it, to about two figures: `1 h 40 min`, `3 days 7 h`, `42 s`. */
export function spokenDuration(seconds: number): string {
  const ms = Math.max(0, Math.round(seconds)) * SECOND_MS;
  const first = STEPS.findIndex((step) => ms >= step.ms);
  const [large, small] = [STEPS[first], STEPS[first + 1]];
  if (large === undefined) return '0 s';
  if (small === undefined) return `${ms / large.ms} ${large.many}`;
  const count = Math.round(ms / small.ms);
  const whole = Math.floor((count * small.ms) / large.ms);
  const rest = count - (whole * large.ms) / small.ms;
  const restText = rest === 0 ? '' : ` ${rest} ${small.many}`;
  return `${whole} ${whole === 1 ? large.one : large.many}${restText}`;
}
