import { createHash } from 'node:crypto';
import { Failure } from '../../domain/failure.ts';
import { s3Uri, type S3Location } from '../../domain/layout.ts';
import { noObject, resolveHref } from '../../domain/s3-href.ts';
import { shownAddress } from '../../domain/shown-address.ts';
import { MIB } from '../../domain/units.ts';
import { ObjectStoreError, type ObjectStore } from '../../ports/object-store.ts';
import { parseStac, type StacDocument, type StacLink } from '../../schema/stac.ts';
import type { Pulse } from '../pulse.ts';
import { readObject } from '../read-object.ts';
import { watched } from '../watched.ts';
import { inOrder } from './in-order.ts';

const ROOT_MAX_BYTES = 64 * MIB;
/** Many of these are in memory at once. */
const LINKED_MAX_BYTES = 16 * MIB;
const READS_AT_ONCE = 16;
const DOCUMENTS_A_BEAT = 100;
const MOST_DOCUMENTS = 100_000;
const MOST_LEVELS = 16;

/** Where a catalog begins. */
export interface StacReading {
  readonly store: ObjectStore;
  readonly at: S3Location;
  readonly pulse: Pulse;
  readonly mostDocuments?: number;
}

/** A document that was read, and where it is. */
export interface ReadDocument extends StacDocument {
  readonly at: S3Location;
}

/** A document that is to be read, and which one leads to it; null for the first. */
interface Due {
  readonly at: S3Location;
  readonly from: S3Location | null;
}

/** Every document of a static catalog, each once, level by level. */
export class StacDocuments {
  readonly #reading: StacReading;
  readonly #seen = new Set<string>();
  readonly #digests: string[] = [];

  constructor(reading: StacReading) {
    this.#reading = reading;
  }

  /** @returns what changes whenever one of the documents does; once all were read. */
  etag(): string {
    return createHash('sha256').update(this.#digests.toSorted().join('\n')).digest('hex');
  }

  /** @throws Failure `InvalidSpec`, `NotFound`; ObjectStoreError */
  async *all(): AsyncGenerator<ReadDocument> {
    const { at, pulse } = this.#reading;
    this.#seen.add(s3Uri(at));
    let due: readonly Due[] = [{ at, from: null }];
    for (let level = 1; due.length > 0; level += 1) {
      if (level > MOST_LEVELS)
        throw this.#refused(at, `its links go deeper than ${MOST_LEVELS} levels; name a catalog further down`);
      const next: Due[] = [];
      const read = inOrder(inTurn(due), READS_AT_ONCE, (one) => this.#read(one));
      const details = (documents: number): object => ({ level, documents });
      for await (const document of watched(read, { pulse, every: DOCUMENTS_A_BEAT, details })) {
        next.push(...this.#behind(document));
        yield document;
      }
      due = next;
    }
  }

  async #read({ at, from }: Due): Promise<ReadDocument> {
    const { store, pulse } = this.#reading;
    const maxBytes = from === null ? ROOT_MAX_BYTES : LINKED_MAX_BYTES;
    try {
      const bytes = await readObject(store, at, { maxBytes, signal: pulse.signal });
      this.#digests.push(`${s3Uri(at)} ${createHash('sha256').update(bytes).digest('hex')}`);
      const document = parseStac(new TextDecoder().decode(bytes));
      if (typeof document === 'string') throw this.#refused(at, document);
      return { ...document, at };
    } catch (error) {
      if (from === null || !(error instanceof ObjectStoreError) || error.problem !== 'missing') throw error;
      const message = `${s3Uri(at)} is not there, although ${s3Uri(from)} links to it. Mend the link, or name a catalog without it.`;
      throw new Failure('NotFound', message, { cause: error });
    }
  }

  /** @returns what a document leads to that nothing has led to before. */
  #behind({ at, links }: ReadDocument): Due[] {
    const due: Due[] = [];
    for (const link of links) {
      const target = this.#target(at, link);
      if (this.#seen.has(s3Uri(target))) continue;
      this.#seen.add(s3Uri(target));
      due.push({ at: target, from: at });
    }
    const { mostDocuments = MOST_DOCUMENTS } = this.#reading;
    if (this.#seen.size > mostDocuments)
      throw this.#refused(
        this.#reading.at,
        `it leads to more than ${mostDocuments} documents; name an ItemCollection, or a catalog further down`,
      );
    return due;
  }

  #target(at: S3Location, { rel, href }: StacLink): S3Location {
    const target = resolveHref(href, at);
    if (target !== null) return target;
    const why = noObject(href, at, 'a relative link');
    throw this.#refused(at, `its link "${rel}" goes to ${shownAddress(href)}, which ${why}`);
  }

  #refused(at: S3Location, why: string): Failure {
    return new Failure('InvalidSpec', `${s3Uri(at)} cannot be used as STAC: ${why}.`);
  }
}

async function* inTurn<T>(values: readonly T[]): AsyncGenerator<T> {
  yield* values;
}
