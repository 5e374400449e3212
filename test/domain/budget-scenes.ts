import fc from 'fast-check';
import type { BudgetOrder } from '../../domain/figures.ts';
import type { ServiceFigures } from '../../domain/service.ts';
import type { Act, Scene } from './world-acts.ts';

/** Short deadlines, so that a script of a few steps sees them pass. */
export const figures: fc.Arbitrary<ServiceFigures> = fc.record({
  gpusPerContainer: fc.constantFrom(1, 1, 2),
  inputsPerContainer: fc.integer({ min: 1, max: 16 }),
  maxContainers: fc.constantFrom(null, 1, 2),
  scaledownSeconds: fc.constantFrom(20, 60, 300),
  timeoutSeconds: fc.constantFrom(20, 200),
  coldStartSeconds: fc.constant(10),
  httpInputs: fc.integer({ min: 1, max: 10 }),
  httpHoldsGpu: fc.boolean(),
  requestSeconds: fc.constantFrom(10, 100),
});

const SERVICES = ['caption', 'vqa', 'ocr'];

export const scene: fc.Arbitrary<Scene> = fc
  .record({
    gpus: fc.constantFrom(1, 2, 2, 3, 4),
    all: fc.array(figures, { minLength: 1, maxLength: 3 }),
    strands: fc.integer({ min: 1, max: 5 }),
  })
  .map(({ gpus, all, strands }) => ({
    gpus,
    strands,
    services: Object.fromEntries(all.map((one, n) => [SERVICES[n] ?? 'caption', one])),
  }));

const who = fc.nat({ max: 99 });
const fates = ['answered', 'answered', 'answered', 'reply lost', 'late', 'late and lost'] as const;

const reported = {
  who,
  want: fc.record({ jobs: fc.constantFrom(0, 1, 20, 100), http: fc.integer({ min: 0, max: 10 }) }),
  limit: fc.constantFrom(null, null, null, 1, 3),
  jobMs: fc.constantFrom(null, 1_000, 60_000),
  ttlMs: fc.constantFrom(1_000, 50_000, 200_000),
};
const submitted = { jobs: fc.constantFrom(1, 5, 40), runsMs: fc.constantFrom(1_000, 60_000, 10_000_000), doubtful: fc.boolean() };
const requested = { requests: fc.integer({ min: 1, max: 10 }), openMs: fc.constantFrom(500, 1_000_000) };

const report: fc.Arbitrary<Act> = fc.record({ do: fc.constant('report' as const), ...reported, fate: fc.constantFrom(...fates) });
const submit: fc.Arbitrary<Act> = fc.record({ do: fc.constant('submit' as const), who, ...submitted });
const request: fc.Arbitrary<Act> = fc.record({ do: fc.constant('request' as const), who, ...requested });
const turn: fc.Arbitrary<Act> = fc.record({ do: fc.constant('turn' as const), ...reported, ...submitted, ...requested });
const SIMPLE = ['crash', 'end slice', 'release', 'find', 'resend'] as const;
const simple: fc.Arbitrary<Act> = fc.record({ do: fc.constantFrom(...SIMPLE), who });
const overtaking: fc.Arbitrary<Act> = fc.record({ do: fc.constantFrom('take over' as const, 'take over', 'stray'), who });
const harvest: fc.Arbitrary<Act> = fc.record({ do: fc.constant('harvest' as const), who, of: who });
const pass: fc.Arbitrary<Act> = fc.record({
  do: fc.constant('pass' as const),
  /** Around windows and deadlines, not only beyond them. */
  ms: fc.constantFrom(1, 1_000, 19_000, 21_000, 57_000, 65_000, 190_000, 285_000, 329_000),
});

const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 2, arbitrary: overtaking },
  { weight: 4, arbitrary: simple },
  { weight: 1, arbitrary: harvest },
  { weight: 8, arbitrary: turn },
  { weight: 2, arbitrary: report },
  { weight: 1, arbitrary: submit },
  { weight: 2, arbitrary: request },
  { weight: 6, arbitrary: pass },
);

export const acts: fc.Arbitrary<Act[]> = fc.array(act, { maxLength: 100, size: 'max' });

const budgetOrder: fc.Arbitrary<BudgetOrder> = fc.oneof(
  fc.record({ gpus: fc.constantFrom(1, 2, 3, null) }),
  fc.record({
    service: fc.constantFrom(...SERVICES),
    figures: fc.oneof(
      fc.record({ inputsPerContainer: fc.constantFrom(4, 8, 'unset' as const) }),
      fc.record({ maxContainers: fc.constantFrom(null, 1, 'unset' as const) }),
      fc.record({ httpInputs: fc.constantFrom(2, 20, 'unset' as const) }),
    ),
  }),
);
const order: fc.Arbitrary<Act> = fc.record({ do: fc.constant('order' as const), order: budgetOrder });

/** The same with orders of `tilescribe budget set` between them. */
export const actsAndOrders: fc.Arbitrary<Act[]> = fc.array(
  fc.oneof({ weight: 12, arbitrary: act }, { weight: 1, arbitrary: order }),
  { maxLength: 100, size: 'max' },
);
