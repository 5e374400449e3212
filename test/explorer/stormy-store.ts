import { parseLogKey, type S3Location } from '../../domain/layout.ts';
import type { LogHead } from '../../domain/log.ts';
import { ObjectStoreError, type GetOptions, type ListQuery, type ObjectFacts, type PutResult } from '../../ports/object-store.ts';
import { MemoryStore } from '../support/memory-store.ts';
import type { Chances } from './dice.ts';
import { delayMs, travelled, type Storm, type Travel } from './storm.ts';

const CHANCES: Chances<Travel> = {
  'late there': 0.03,
  'late back': 0.03,
  'reply lost': 0.04,
  'given up': 0.01,
  'never there': 0.01,
  twice: 0.01,
};
const READING: Chances<'slow'> = { slow: 0.01 };

/** When an object came to be. */
export interface Written {
  /** Number of the event. */
  readonly order: number;
  readonly atMs: number;
}

/** A store whose puts are late, or done without an answer. */
export class StormyStore extends MemoryStore {
  readonly written = new Map<string, Written>();
  private readonly storm: Storm;

  constructor(storm: Storm) {
    super();
    this.storm = storm;
  }

  override put(at: S3Location, body: Uint8Array | string): Promise<PutResult> {
    const text = Buffer.from(body).toString();
    const about = nameOf(at.key, text);
    const bytes = Buffer.from(text);
    const arrive = (): PutResult => {
      const result = this.putNow(at, bytes);
      const order = this.storm.chronicle.note(`put ${about} -> ${result}`);
      if (result === 'created') this.written.set(at.key, { order, atMs: this.storm.clock.now() });
      return result;
    };
    const kind = `put ${about.split(' ')[1]}`;
    return travelled(this.storm, { kind, about, chances: CHANCES, arrive, unanswered: (done) => this.unanswered(about, done) });
  }

  override async *list(query: ListQuery): AsyncGenerator<readonly ObjectFacts[]> {
    await this.slow('list', query.prefix);
    yield* super.list(query);
  }

  override async get(at: S3Location, options: GetOptions = {}): Promise<AsyncIterable<Uint8Array>> {
    await this.slow('get', at.key);
    return super.get(at, options);
  }

  private putNow(at: S3Location, bytes: Uint8Array): PutResult {
    if (this.written.has(at.key)) return 'exists';
    this.overwrite(at, bytes);
    return 'created';
  }

  /** Half of the time the adapter's own retry meets what the first try left, else it gives up. */
  private unanswered(about: string, done: PutResult | null): PutResult {
    if (done !== null && this.storm.dice.roll(`retry of ${about}`) < 0.7) return 'exists';
    throw new ObjectStoreError('unreachable', 'S3 could not be reached.');
  }

  private async slow(verb: string, key: string): Promise<void> {
    if (this.storm.dice.strike(verb, key, READING) === null) return;
    this.storm.chronicle.note(`${verb} ${key} is slow`);
    await this.storm.clock.sleep(delayMs(this.storm, `${verb} ${key}`));
  }
}

function nameOf(key: string, text: string): string {
  const [first = '{}'] = text.split('\n', 1);
  const { kind, nonce } = JSON.parse(first) as Pick<LogHead, 'kind' | 'nonce'>;
  const { n, k } = parseLogKey(key) ?? { n: 0, k: null };
  const lines = text.trimEnd().split('\n').length - 1;
  return `${n}${k === null ? '' : `.${k}`} ${kind} of ${nonce}${lines > 0 ? `, ${lines} lines` : ''}`;
}
