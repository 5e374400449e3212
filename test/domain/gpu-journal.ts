import { gpusHeld, httpPool, jobPool, need, peakGpus, type Pool, type Sample, type Traffic } from '../../domain/gpu.ts';
import type { ServiceFigures } from '../../domain/service.ts';

/** An input that a service really had: a job from its submit to its end, or a request while it was open, ms. */
interface Input {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** Those at which the number of containers changes; what is held is the same. */
function changesOf(samples: readonly Sample[], pool: Pool): Sample[] {
  return samples.filter(({ inputs }, n) => need(inputs, pool) !== need(samples[n - 1]?.inputs ?? 0, pool));
}

function samplesOf(inputs: readonly Input[]): Sample[] {
  const byTime = new Map<number, number>();
  for (const { fromMs, untilMs } of inputs) {
    byTime.set(fromMs, (byTime.get(fromMs) ?? 0) + 1);
    byTime.set(untilMs, (byTime.get(untilMs) ?? 0) - 1);
  }
  let count = 0;
  return [...byTime].toSorted(([a], [b]) => a - b).map(([at, step]) => ({ atSeconds: at / 1_000, inputs: (count += step) }));
}

/** What services were really sent: the oracle of what the platform holds for it. */
export class GpuJournal {
  readonly #figures: Readonly<Record<string, ServiceFigures>>;
  readonly #inputs = new Map<string, { jobs: Input[]; requests: Input[] }>();

  constructor(figures: Readonly<Record<string, ServiceFigures>>) {
    this.#figures = figures;
    for (const service of Object.keys(figures)) this.#inputs.set(service, { jobs: [], requests: [] });
  }

  add(service: string, kind: 'jobs' | 'requests', input: Input): void {
    this.#inputs.get(service)?.[kind].push(input);
  }

  get traffic(): Traffic[] {
    return Object.entries(this.#figures).flatMap(([service, figures]) => {
      const { jobs, requests } = this.#inputs.get(service) ?? { jobs: [], requests: [] };
      const pools: [Pool | null, Input[]][] = [
        [jobPool(figures), jobs],
        [httpPool(figures), requests],
      ];
      return pools.flatMap(([pool, inputs]) => (pool === null ? [] : [{ pool, samples: changesOf(samplesOf(inputs), pool) }]));
    });
  }

  get peakGpus(): number {
    return peakGpus(this.traffic);
  }

  /** GPU time that the platform held, s. */
  get heldSeconds(): number {
    const { traffic } = this;
    const moments = traffic.flatMap(({ samples, pool }) =>
      samples.flatMap(({ atSeconds }) => [atSeconds, atSeconds + pool.scaledownSeconds]),
    );
    const sorted = moments.toSorted((a, b) => a - b);
    return sorted.slice(1).reduce((sum, until, n) => {
      const from = sorted[n] ?? until;
      return sum + gpusHeld(traffic, (from + until) / 2) * (until - from);
    }, 0);
  }
}
