import { gpusByContainers, gpusByRule, peakGpus, type GpuFigures } from '../../../../local/services/gpu-time.ts';
import type { JournalEvent } from '../../../../local/services/journal.ts';
import { Pool, type PoolChange } from '../../../../local/services/pool.ts';

export type Figure = GpuFigures[string];
type PoolName = JournalEvent['pool'];

/** What is put in flight: so many inputs at a service, from a second to another. */
export interface Load {
  readonly service: string;
  readonly pool?: PoolName;
  readonly inputs: number;
  readonly from: number;
  readonly to: number;
}

export interface Peaks {
  readonly byRule: number;
  readonly byContainers: number;
}

/** Plays loads on the platform model under a virtual clock. @returns its journal. */
export function play(figures: GpuFigures, loads: readonly Load[]): readonly JournalEvent[] {
  const events: JournalEvent[] = [];
  const pools = new Map<string, Pool>();
  const steps = loads.flatMap((load, n) => [
    { atMs: load.from * 1_000, load, n, begins: true },
    { atMs: load.to * 1_000, load, n, begins: false },
  ]);
  for (const { atMs, load, n, begins } of steps.toSorted((a, b) => a.atMs - b.atMs)) {
    for (const pool of pools.values()) pool.advance(atMs);
    const pool = poolFor({ pools, figures, events }, load);
    for (let input = 0; input < load.inputs; input += 1) {
      const id = `${n}/${input}`;
      events.push(inputEvent(load, begins, { at_ms: atMs, call_id: id }));
      if (begins) pool.submit({ id, work: () => null }, atMs);
      else pool.finish(id, atMs);
    }
  }
  for (const pool of pools.values()) pool.advance(1e9);
  return events;
}

export function peaks(figures: GpuFigures, loads: readonly Load[]): Peaks {
  const events = play(figures, loads);
  return { byRule: peakGpus(gpusByRule(events, figures)).gpus, byContainers: peakGpus(gpusByContainers(events, figures)).gpus };
}

interface Playing {
  readonly pools: Map<string, Pool>;
  readonly figures: GpuFigures;
  readonly events: JournalEvent[];
}

function poolFor({ pools, figures, events }: Playing, load: Load): Pool {
  const { service, pool: name = 'jobs' } = load;
  const known = pools.get(`${service} ${name}`);
  if (known !== undefined) return known;
  const figure = figures[service] as Figure;
  const admits = name === 'jobs' ? figure.inputsPerContainer : figure.httpInputs;
  const limits = { inputsPerContainer: admits, slots: admits, coldStartMs: 0, scaledownMs: figure.scaledownSeconds * 1_000 };
  const say = ({ atMs, change, container, input }: PoolChange): void => {
    if (input === null) events.push({ at_ms: atMs, service, event: change, pool: name, container });
  };
  const made = new Pool({ ...limits, maxContainers: figure.maxContainers }, say);
  pools.set(`${service} ${name}`, made);
  return made;
}

function inputEvent({ service, pool = 'jobs' }: Load, begins: boolean, which: { at_ms: number; call_id: string }): JournalEvent {
  const job = begins ? 'accepted' : 'finished';
  const request = begins ? 'request_open' : 'request_closed';
  return { service, pool, event: pool === 'jobs' ? job : request, ...which };
}
