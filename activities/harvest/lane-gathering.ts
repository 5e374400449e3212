import { CoveredGathering } from '../../domain/coverage.ts';
import type { ErrorCode } from '../../domain/errors.ts';
import type { CoveredLines, HarvestedRange } from '../../domain/harvest.ts';
import { inRun, PATHS } from '../../domain/layout.ts';
import type { TilePlace } from '../../domain/log.ts';
import type { TileRecord } from '../../domain/record.ts';
import type { Frozen, Lane, RunRef } from '../../domain/run.ts';
import { MIB } from '../../domain/units.ts';
import type { ObjectStore } from '../../ports/object-store.ts';

/** Where one attempt of a harvest writes. */
export interface Barn {
  readonly store: ObjectStore;
  readonly ref: RunRef;
  /** Nobody else writes under it. */
  readonly nonce: string;
}

const PART_CHARS = 8 * MIB;

interface Range {
  /** By line: the tasks that have a record. */
  readonly masks: Uint16Array;
  readonly parts: string[];
  records: number;
  readonly errors: Partial<Record<ErrorCode, number>>;
}

/** The records that one lane takes over; what is held does not grow with them, but for two bytes a tile. */
export class LaneGathering {
  readonly lane: Lane;
  readonly #barn: Barn;
  readonly #ranges: readonly Range[];
  #texts: string[] = [];
  #chars = 0;
  #open = 0;

  constructor(lane: Lane, frozen: Frozen, barn: Barn) {
    this.lane = lane;
    this.#barn = barn;
    this.#ranges = frozen.ranges.map(({ lines }) => ({ masks: new Uint16Array(lines), parts: [], records: 0, errors: {} }));
  }

  has({ range, line }: TilePlace, task: number): boolean {
    return ((this.#ranges[range]?.masks[line] ?? 0) & (1 << task)) !== 0;
  }

  /** Takes over a record. Calls come range after range. */
  async add(place: TilePlace, task: number, record: TileRecord): Promise<void> {
    const range = this.#ranges[place.range];
    if (range === undefined) return;
    range.masks[place.line] = (range.masks[place.line] ?? 0) | (1 << task);
    range.records += 1;
    const { error_code: code } = record;
    if (code !== null) range.errors[code] = (range.errors[code] ?? 0) + 1;
    const text = JSON.stringify(record);
    this.#open = place.range;
    this.#texts.push(text);
    this.#chars += text.length;
    if (this.#chars >= PART_CHARS) await this.flush();
  }

  /** Writes what is held. To be called at the end of a range. */
  async flush(): Promise<void> {
    const range = this.#ranges[this.#open];
    if (range === undefined || this.#texts.length === 0) return;
    const place = { nonce: this.#barn.nonce, lane: this.lane.service, range: this.#open };
    const path = PATHS.harvestedPart(place, range.parts.length);
    const text = `${this.#texts.join('\n')}\n`;
    this.#texts = [];
    this.#chars = 0;
    range.parts.push(path);
    await this.#barn.store.put(inRun(this.#barn.ref, path), text);
  }

  /** Writes which lines are covered. @returns the ranges that have any. */
  async finish(): Promise<HarvestedRange[]> {
    const ranges: HarvestedRange[] = [];
    for (const [range, { masks, parts, records, errors }] of this.#ranges.entries()) {
      if (records === 0) continue;
      const covered = PATHS.harvestedLines({ nonce: this.#barn.nonce, lane: this.lane.service, range });
      await this.#barn.store.put(inRun(this.#barn.ref, covered), JSON.stringify(linesOf(masks)));
      ranges.push({ range, records, errors, parts, covered });
    }
    return ranges;
  }
}

function linesOf(masks: Uint16Array): CoveredLines[] {
  const covered = new CoveredGathering();
  for (const [line, mask] of masks.entries()) covered.add(line, mask);
  return covered.lines;
}
