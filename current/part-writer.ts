import { putOnce } from '../activities/put-once.ts';
import type { CurrentPart } from '../domain/current.ts';
import { currentPartPath, inOutput, OUTPUT_PATHS, s3Uri, type RunPlace } from '../domain/layout.ts';
import type { TaskKind } from '../domain/spec.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { Line } from './line.ts';
import { viewPartOf } from './view-part.ts';

/** Where parts go, and how large they get. */
export interface PartPlace {
  readonly store: ObjectStore;
  readonly place: RunPlace;
  readonly kind: TaskKind;
  readonly folder: string;
  readonly generation: number;
  readonly nonce: () => string;
  readonly cutBytes: number;
}

/**
 * Lines on their way into parts, in order. At least one cut and less than two are held, so that what is left over can
 * always be shared out evenly: no part but the last of a folder is smaller than half a cut.
 */
export class PartWriter {
  readonly #to: PartPlace;
  #held: Line[] = [];
  #bytes = 0;
  #n = 0;

  constructor(to: PartPlace) {
    this.#to = to;
  }

  get isEmpty(): boolean {
    return this.#held.length === 0;
  }

  /** What is held would make a part that is too small to stand between others. */
  get isShort(): boolean {
    return this.#bytes < this.#to.cutBytes / 2;
  }

  /** @returns the part that was written because of it, if one was. */
  async add(line: Line): Promise<CurrentPart[]> {
    this.#held.push(line);
    this.#bytes += line.bytes.byteLength + 1;
    return this.#bytes < this.#to.cutBytes * 2 ? [] : [await this.#write(this.#to.cutBytes)];
  }

  /** Writes all that is held. */
  async finish(): Promise<CurrentPart[]> {
    const parts: CurrentPart[] = [];
    for (let left = Math.ceil(this.#bytes / this.#to.cutBytes); left > 0 && !this.isEmpty; left -= 1)
      parts.push(await this.#write(left === 1 ? this.#bytes : this.#bytes / left));
    return parts;
  }

  async #write(wantedBytes: number): Promise<CurrentPart> {
    const lines = this.#take(wantedBytes);
    const { body, about } = viewPartOf(lines);
    const { store, place, kind, folder, generation, nonce } = this.#to;
    for (;;) {
      const path = currentPartPath({ folder, generation, n: this.#n, nonce: nonce().replaceAll('-', '').slice(0, 12) });
      const at = inOutput(place, OUTPUT_PATHS.current + path);
      this.#n += 1;
      if ((await putOnce(store, at, body)) === 'written') return { uri: s3Uri(at), path, kind, ...about };
    }
  }

  /** Takes whole lines, at least one, up to about so many bytes. */
  #take(wantedBytes: number): Line[] {
    let [count, bytes] = [0, 0];
    for (const line of this.#held) {
      const grown = bytes + line.bytes.byteLength + 1;
      if (count > 0 && grown > wantedBytes) break;
      bytes = grown;
      count += 1;
    }
    this.#bytes -= bytes;
    return this.#held.splice(0, count);
  }
}
