import { takesThePlaceOf, type CurrentPart } from '../domain/current.ts';
import { compareRecords, type RecordPlace } from '../domain/merge-order.ts';
import { detached, type Line } from './line.ts';
import type { PartWriter } from './part-writer.ts';
import { readViewPart, type ViewSource } from './view-part.ts';

/** One folder of the view, and what comes to it. */
export interface FolderMerge {
  readonly source: ViewSource;
  /** In the order of their lines. */
  readonly parts: readonly CurrentPart[];
  /** In order, one of a place. */
  readonly candidates: AsyncGenerator<Line>;
  readonly writer: PartWriter;
}

/** What became of a folder. */
export interface MergedFolder {
  readonly parts: readonly CurrentPart[];
  /** Records that are new, or newer than those they replaced. */
  readonly won: number;
}

/** Candidates, one at a time, up to where the next part begins. */
class Candidates {
  readonly #rest: AsyncGenerator<Line>;
  #next: Line | null = null;
  #ended = false;

  constructor(rest: AsyncGenerator<Line>) {
    this.#rest = rest;
  }

  /** @returns the next one where it comes before `bound`, again and again until it is left behind. */
  async before(bound: RecordPlace | null): Promise<Line | null> {
    if (this.#next === null && !this.#ended) {
      const next = await this.#rest.next();
      this.#ended = next.done === true;
      this.#next = next.done === true ? null : next.value;
    }
    if (this.#next === null || bound === null) return this.#next;
    return compareRecords(this.#next, bound) < 0 ? this.#next : null;
  }

  leave(): void {
    this.#next = null;
  }
}

/** @returns the first line from `from` on that does not come before a place. */
function placeIn(lines: readonly Line[], place: RecordPlace, from: number): number {
  let at = from;
  for (let line = lines[at]; line !== undefined && compareRecords(line, place) < 0; line = lines[at]) at += 1;
  return at;
}

class Folder {
  readonly #merge: FolderMerge;
  readonly #candidates: Candidates;
  readonly #parts: CurrentPart[] = [];
  #won = 0;

  constructor(merge: FolderMerge) {
    this.#merge = merge;
    this.#candidates = new Candidates(merge.candidates);
  }

  async merged(): Promise<MergedFolder> {
    const { parts, writer } = this.#merge;
    if (parts.length === 0) await this.#intoNothing();
    for (const [n, part] of parts.entries()) {
      if (!writer.isEmpty && !writer.isShort) await this.#close();
      const bound = parts[n + 1]?.first ?? null;
      // A rest that is too short to stand alone takes the next part in.
      if (!writer.isEmpty || (await this.#candidates.before(bound)) !== null) await this.#into(part, bound);
      else this.#parts.push(part);
    }
    await this.#close();
    return { parts: this.#parts, won: this.#won };
  }

  async #intoNothing(): Promise<void> {
    for (let one = await this.#candidates.before(null); one !== null; one = await this.#candidates.before(null))
      await this.#win(one);
  }

  /** Goes through a part beside the candidates up to `bound`; it stays as it is while none of them wins. */
  async #into(part: CurrentPart, bound: RecordPlace | null): Promise<void> {
    const lines = await readViewPart(this.#merge.source, part);
    let [at, written, opened] = [0, 0, !this.#merge.writer.isEmpty];
    const writeUpTo = async (end: number): Promise<void> => {
      for (const line of lines.slice(written, end)) await this.#add(line);
      written = end;
    };
    for (let one = await this.#candidates.before(bound); one !== null; one = await this.#candidates.before(bound)) {
      at = placeIn(lines, one, at);
      const there = lines[at];
      const holder = there !== undefined && compareRecords(there, one) === 0 ? there : null;
      if (holder !== null && !takesThePlaceOf(one, holder)) {
        this.#candidates.leave();
        continue;
      }
      opened = true;
      await writeUpTo(at);
      if (holder !== null) written = at + 1;
      await this.#win(one);
    }
    if (opened) await writeUpTo(lines.length);
    else this.#parts.push(part);
  }

  async #win(line: Line): Promise<void> {
    this.#won += 1;
    this.#candidates.leave();
    await this.#add(detached(line));
  }

  async #add(line: Line): Promise<void> {
    this.#parts.push(...(await this.#merge.writer.add(line)));
  }

  async #close(): Promise<void> {
    this.#parts.push(...(await this.#merge.writer.finish()));
  }
}

/**
 * Puts candidates into a folder of the view. A part is read only where there are candidates for its stretch, and
 * written anew only where one of them wins. One part and one cut or two are held, whatever the folder holds.
 * @throws Failure `Internal` where a part of view or run is damaged; ObjectStoreError
 */
export async function mergeFolder(merge: FolderMerge): Promise<MergedFolder> {
  try {
    return await new Folder(merge).merged();
  } finally {
    await merge.candidates.return(undefined);
  }
}
