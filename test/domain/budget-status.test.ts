import { describe, expect, it } from 'vitest';
import { EMPTY_BUDGET, ordered, type Budget } from '../../domain/budget.ts';
import { budgetStatus, type BudgetStatus } from '../../domain/budget-status.ts';
import type { Configured, LeaseReply, LeaseReport } from '../../domain/lease.ts';
import { SERVICE_DEFAULTS, type ServiceFigures } from '../../domain/service.ts';
import { MAX_HOLDERS, settle } from '../../domain/settle.ts';
import { idleReport } from '../support/lease-report.ts';

const START = 1_700_000_000_000;
const TTL_MS = 120_000;
const WINDOW_MS = 330_000;
/** 5 s until a submit leaves, 180 s of a request, a round of 600 s, 180 s of a cold start, 1,200 s and 30 s. */
const ORPHAN_MS = 2_195_000;
const iso = (ms: number): string => new Date(ms).toISOString();

function configured(figures: Partial<ServiceFigures> = {}, gpus = 2): Configured {
  const all = { ...SERVICE_DEFAULTS, inputsPerContainer: 16, ...figures };
  return { gpus, figures: all, guessed: false, longestScaledownSeconds: 300 };
}

/** A budget over time, its reporters and whoever looks at it. */
class Night {
  budget: Budget = EMPTY_BUDGET;
  now = START;
  #seq = 0;

  reports(holder: string, more: Partial<LeaseReport> = {}): LeaseReply {
    this.#seq += 1;
    const about = { holder, run: holder, service: 'caption', priority: 'interactive' as const, configured: configured() };
    const asked = { want: { jobs: 100, http: 8 }, ttlMs: TTL_MS, seq: this.#seq, ...more };
    const settled = settle(this.budget, idleReport({ ...about, ...asked }), { now: this.now, roll: 0 });
    this.budget = settled.budget;
    return settled.reply;
  }

  goes(holder: string, more: Partial<LeaseReport> = {}): void {
    this.reports(holder, { want: { jobs: 0, http: 0 }, release: true, ...more });
  }

  get status(): BudgetStatus {
    return budgetStatus(this.budget, this.now);
  }

  get caption(): BudgetStatus['services'][number] | undefined {
    return this.status.services.find(({ service }) => service === 'caption');
  }
}

describe('the status of the budget', () => {
  it('says that nobody holds anything', () => {
    expect(budgetStatus(EMPTY_BUDGET, START)).toEqual({
      as_of: iso(START),
      gpus: { cap: 0, why: 'as the workers are configured', held: 0, tonight: null },
      services: [],
      overrides: { gpus: null, services: {} },
      waiting: [],
    });
  });

  it('says who holds what until when, and who waits since when', () => {
    const night = new Night();
    night.reports('a', { ambiguous: [{ places: 2, untilMs: START + 60_000 }], inFlight: 5 });
    night.now += 5_000;
    night.reports('b', { priority: 'nightly' });
    expect(night.caption).toMatchObject({ ceiling: { jobs: 16, http: 8 }, charged: 16, gpus_held: 1, orphans: [], limit: null });
    expect(night.caption?.holders).toMatchObject([
      {
        holder: 'a',
        run: 'a',
        priority: 'interactive',
        granted: { jobs: 14, http: 8 },
        in_flight: 5,
        ambiguous: 2,
        until: iso(START + TTL_MS),
        waiting_since: null,
      },
      { run: 'b', priority: 'nightly', granted: { jobs: 0, http: 0 }, ambiguous: 0, waiting_since: iso(START + 5_000) },
    ]);
  });

  it('says which places nobody answers for, why, and until when', () => {
    const night = new Night();
    night.reports('gone', { want: { jobs: 5, http: 1 }, ambiguous: [{ places: 4, untilMs: START + 900_000 }] });
    night.reports('left', { want: { jobs: 1, http: 1 } });
    night.goes('left', { ambiguous: [{ places: 3, untilMs: START + 600_000 }] });
    night.now += TTL_MS;
    expect(night.caption).toMatchObject({ charged: 12, holders: [] });
    expect(night.caption?.orphans).toEqual([
      { holder: 'left', places: 3, until: iso(START + 600_000), reason: 'lease given back' },
      { holder: 'gone', places: 4, until: iso(START + 900_000), reason: 'lease expired' },
      { holder: 'gone', places: 5, until: iso(START + TTL_MS + ORPHAN_MS), reason: 'lease expired' },
    ]);
    night.now += ORPHAN_MS;
    expect(night.caption).toMatchObject({ charged: 0, orphans: [] });
  });

  it('does not speak of a lease that ended without a place', () => {
    const night = new Night();
    night.reports('probe', { want: { jobs: 0, http: 1 } });
    night.now += TTL_MS;
    expect(night.caption).toMatchObject({ charged: 0, holders: [], orphans: [] });
  });

  it('says how far a service goes since it asked for less', () => {
    const night = new Night();
    night.reports('a', { limit: 4 });
    expect(night.caption).toMatchObject({ ceiling: { jobs: 16 }, limit: 4, holders: [{ limit: 4 }] });
  });
});

describe('the GPUs in the status', () => {
  it('are held for a window after the last job, and counted as held and as busy', () => {
    const night = new Night();
    night.reports('a');
    night.now += 100_000;
    night.reports('a', { busyMs: 16 * 60_000, inFlight: 16 });
    expect(night.status.gpus).toMatchObject({
      cap: 2,
      held: 1,
      tonight: { since: iso(START), held_s: 100, busy_s: 60, idle_s: 40 },
    });
    night.goes('a');
    night.now += WINDOW_MS - 1_000;
    expect(night.status.gpus).toMatchObject({ held: 1, tonight: { held_s: 429, busy_s: 60, idle_s: 369 } });
    expect(night.caption).toMatchObject({ gpus_held: 1, charged: 0, why: 'nobody asks for it' });
    night.now += 10_000;
    expect(night.status.gpus).toMatchObject({ held: 0, tonight: { held_s: 430 } });
  });

  it('have the lower cap of workers whose files differ, of each figure the one that allows less, and say so', () => {
    const night = new Night();
    night.reports('a', { want: { jobs: 1, http: 1 } });
    night.reports('b', { want: { jobs: 1, http: 1 }, configured: configured({ inputsPerContainer: 4 }, 1) });
    expect(night.status.gpus).toMatchObject({
      cap: 1,
      why: 'as the workers are configured; workers say 2 and 1: the lowest holds',
    });
    expect(night.caption).toMatchObject({ ceiling: { jobs: 4 }, differs: ['gpus 2 and 1', 'inputsPerContainer 16 and 4'] });
  });

  it('have a cap that was set by hand, and figures of services that nobody has used as well', () => {
    const night = new Night();
    night.budget = ordered(night.budget, { gpus: 3, service: 'caption', figures: { inputsPerContainer: 8 } }, START);
    night.budget = ordered(night.budget, { service: 'ocr', figures: { maxContainers: null } }, START);
    night.reports('a');
    const { gpus, overrides, services } = night.status;
    expect(gpus).toMatchObject({ cap: 3, why: 'set by hand (`tilescribe budget set`)' });
    expect(overrides).toEqual({ gpus: 3, services: { caption: { inputsPerContainer: 8 }, ocr: { maxContainers: null } } });
    expect(services).toMatchObject([{ service: 'caption', set: { inputsPerContainer: 8 }, ceiling: { jobs: 8 } }]);
  });
});

describe('a service in the status', () => {
  it('needs a GPU for its jobs, and one for a front end that holds one', () => {
    const night = new Night();
    night.reports('a', { configured: configured({ httpHoldsGpu: true }) });
    night.budget = ordered(night.budget, { gpus: 1 }, night.now);
    expect(night.status).toMatchObject({ gpus: { cap: 1 }, services: [{ gpus_needed: 2 }] });
  });
});

describe('a seventeenth holder', () => {
  const full = (): Night => {
    const night = new Night();
    for (let n = 0; n < MAX_HOLDERS; n += 1) night.reports(`h${n}`, { want: { jobs: 1, http: 1 } });
    return night;
  };

  it('waits for budget, and the status names it with its priority and since when', () => {
    const night = full();
    night.now += 1_000;
    expect(night.reports('late', { priority: 'backfill' })).toMatchObject({ refused: 'waiting', granted: { jobs: 0, http: 0 } });
    night.now += 1_000;
    night.reports('later', { priority: 'nightly', service: 'vqa' });
    expect(night.status.waiting).toEqual([
      { holder: 'later', run: 'later', service: 'vqa', priority: 'nightly', since: iso(START + 2_000) },
      { holder: 'late', run: 'late', service: 'caption', priority: 'backfill', since: iso(START + 1_000) },
    ]);
  });

  it('is let in when another goes, and then it is a holder as the others', () => {
    const night = full();
    night.reports('late');
    night.goes('h3');
    night.reports('late');
    expect(night.status.waiting).toEqual([]);
    expect(night.caption?.holders.map(({ holder }) => holder)).toContain('late');
  });
});
