import type { Ceiling, Configured } from '../../domain/lease.ts';
import { SERVICE_DEFAULTS } from '../../domain/service.ts';
import { StrandWorld, type Wishes } from '../activities/advance/strand-world.ts';
import { ceilingOf } from '../support/lease-report.ts';
import { Chronicle } from './chronicle.ts';
import { Dice, type DiceOptions } from './dice.ts';
import { Rival } from './rival.ts';
import type { Storm } from './storm.ts';
import { StormyDesk } from './stormy-desk.ts';
import { StormyService } from './stormy-service.ts';
import { StormyStore } from './stormy-store.ts';

/** Every tile has a picture of its own. */
export const OWN_PICTURES = 1_000;

/** A submit travels for 60 s at the most, and a job takes 30 s at the most: 10 s waiting, and 10 s twice. */
function configuredFor(jobs: number): Configured {
  const times = { requestSeconds: 60, timeoutSeconds: 10, coldStartSeconds: 0 };
  const figures = { ...SERVICE_DEFAULTS, ...times, inputsPerContainer: jobs, httpInputs: 8 };
  return { gpus: 1, figures, guessed: false, longestScaledownSeconds: figures.scaledownSeconds };
}

/** A seed, and what is fixed whatever the seed says. */
export interface WorldOptions extends DiceOptions {
  readonly wishes?: Pick<Wishes, 'tiles' | 'jobs' | 'sliceSeconds' | 'pictures'>;
}

/** A small strand with a rival, in which everything may come late or never. */
export class StormyWorld extends StrandWorld {
  readonly storm: Storm;
  readonly rival: Rival;
  override readonly configured: Configured;
  override readonly ceiling: Ceiling;
  override readonly desk: StormyDesk;
  override readonly store: StormyStore;
  override readonly service: StormyService;

  constructor(options: WorldOptions) {
    const dice = new Dice(options);
    const jobs = options.wishes?.jobs ?? dice.of('ceiling', [1, 2, 2, 3]);
    const pictures = options.wishes?.pictures ?? dice.of('pictures', [1, 2, OWN_PICTURES, OWN_PICTURES]);
    super({
      tiles: dice.of('tiles', [1, 2, 3, 4]) + (pictures === OWN_PICTURES ? 0 : 3),
      sliceSeconds: dice.of('slice', [15, 15, 40, 120]),
      ...options.wishes,
      pictures,
      jobs,
    });
    this.configured = configuredFor(jobs);
    this.ceiling = ceilingOf(this.configured);
    this.storm = { clock: this.clock, dice, chronicle: new Chronicle(this.clock) };
    this.desk = new StormyDesk(this.storm);
    this.service = new StormyService(this.storm);
    this.store = new StormyStore(this.storm);
    this.paint();
    const { storm, desk, service, ceiling, configured } = this;
    this.rival = new Rival({ storm, desk, service, ceiling, configured });
  }
}
