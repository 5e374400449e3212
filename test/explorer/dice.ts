/** Chances of what may happen, by its name; what is left is the ordinary course. */
export type Chances<Course extends string> = Readonly<Record<Course, number>>;

/** What makes some faults likelier than others, by `<kind> <course>` or `<kind>`. */
export type Bias = Readonly<Record<string, number>>;

export interface DiceOptions {
  readonly seed: number;
  readonly bias?: Bias;
  /** Faults by name that do not happen: how a trace is made shorter. */
  readonly muted?: ReadonlySet<string>;
}

const INTENSITIES = [0.5, 1, 1.5, 2, 3] as const;
/** Each seed has faults of its own: some never come, some come often. What needs many of one kind is found so. */
const FAVOURS = [0, 0, 0.5, 1, 1, 4] as const;

function hashed(seed: number, name: string): number {
  let hash = Math.imul(seed + 1, 0x9e37_79b1) >>> 0;
  for (let at = 0; at < name.length; at += 1) hash = Math.imul(hash ^ name.charCodeAt(at), 0x0100_0193) >>> 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b) >>> 0;
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2_ae35) >>> 0;
  return (hash ^ (hash >>> 16)) >>> 0;
}

/**
 * Chance by name: what falls for one event depends on the seed and on the event's name alone, so that an event that is
 * muted changes none of the others by itself.
 */
export class Dice {
  /** Names of the faults that struck, in their order. */
  readonly struck: string[] = [];
  /** Nothing strikes any more. */
  calm = false;
  readonly seed: number;
  private readonly bias: Bias;
  private readonly muted: ReadonlySet<string>;
  private readonly times = new Map<string, number>();
  private readonly intensity: number;

  constructor({ seed, bias = {}, muted = new Set() }: DiceOptions) {
    this.seed = seed;
    this.bias = bias;
    this.muted = muted;
    this.intensity = this.of('intensity', INTENSITIES);
  }

  /** @returns a number in [0, 1). */
  roll(name: string): number {
    return hashed(this.seed, name) / 2 ** 32;
  }

  /** @returns one of the values, each as likely as the others. */
  of<Value>(name: string, values: readonly [Value, ...Value[]]): Value {
    return values[Math.floor(this.roll(name) * values.length)] ?? values[0];
  }

  /** @returns what strikes this event, or null where it takes its ordinary course. */
  strike<Course extends string>(kind: string, about: string, chances: Chances<Course>): Course | null {
    const name = this.named(`${kind} ${about}`);
    if (this.calm || this.muted.has(name)) return null;
    let left = this.roll(name);
    for (const [course, chance] of Object.entries(chances) as [Course, number][]) {
      left -= chance * this.intensity * this.favour(`${kind} ${course}`, kind);
      if (left >= 0) continue;
      this.struck.push(name);
      return course;
    }
    return null;
  }

  private favour(name: string, kind: string): number {
    return this.bias[name] ?? this.bias[kind] ?? this.of(`favour ${name}`, FAVOURS);
  }

  /** The same event again has a name of its own. */
  private named(name: string): string {
    const times = (this.times.get(name) ?? 0) + 1;
    this.times.set(name, times);
    return times === 1 ? name : `${name} (${times})`;
  }
}
