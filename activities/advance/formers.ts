import type { FormerHolder } from '../../domain/harvest.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import { chargedJobs, LEASE_OVER_MS, readFormerStrand } from '../former-strand.ts';
import { ifReadable } from '../readable.ts';

interface Reader {
  readonly store: ObjectStore;
  readonly clock: Clock;
}

/** Its lease may have ended after its log was read, and what it did until then stands there. */
function isUncertain({ released, readAtMs, writtenAtMs }: FormerHolder): boolean {
  return !released && readAtMs - writtenAtMs < LEASE_OVER_MS;
}

async function readAgain({ store, clock }: Reader, former: FormerHolder): Promise<FormerHolder> {
  if (!isUncertain(former)) return former;
  const { run: ref, lane, strand } = former;
  const read = await ifReadable(() => readFormerStrand({ store, clock, ref, lane, strand }));
  // Somebody has deleted it: what is known of it stays.
  if (read === null || read.writtenAtMs < former.writtenAtMs) return former;
  const { readAtMs, writtenAtMs } = read;
  return { ...former, readAtMs, writtenAtMs, jobs: chargedJobs(read) };
}

/** @returns the former holders that may still be charged, as their logs stand now where that may matter. */
export async function formersNow(reader: Reader, formers: readonly FormerHolder[]): Promise<FormerHolder[]> {
  const now = reader.clock.now();
  const charged = formers.filter(({ untilMs }) => untilMs > now);
  return Promise.all(charged.map((former) => readAgain(reader, former)));
}
