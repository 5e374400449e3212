import type { Halt, HaltCode } from '../../domain/halt.ts';
import type { RunView, StrandView } from '../../domain/progress.ts';

export function haltOf(code: HaltCode, blind = false): Halt {
  return { code, message: `it is ${code}`, action: 'Mend it.', blind };
}

export function strandView(more: Partial<StrandView> = {}): StrandView {
  const tallies = { ok: 0, failed: 0, skipped: 0, errors: {} };
  return { service: 'caption', tallies, inFlight: 0, held: 0, waiting: false, reason: null, halt: null, ...more };
}

export function runView(more: Partial<RunView> = {}): RunView {
  return {
    runId: 'harbours-1',
    state: 'running',
    inputs: 100,
    tasks: 3,
    strands: [],
    samples: [],
    ranges: { done: 0, total: 1 },
    output: 's3://results/harbours/run=harbours-1/',
    ...more,
  };
}
