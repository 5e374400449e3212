import { type Counted, countedAs, NOTHING_COUNTED } from '../domain/balance.ts';
import type { ErrorCode } from '../domain/errors.ts';
import type { TileRecord } from '../domain/record.ts';
import { HarvestTally } from '../report/harvest-tally.ts';

/** What the parts hold, counted anew. */
export class Recount {
  readonly harvest: HarvestTally;
  readonly tasks = new Map<string, Counted>();
  readonly errors = new Map<ErrorCode, number>();
  counted: Counted = NOTHING_COUNTED;
  inputs = 0;
  records = 0;
  bytes = 0;
  /** Records that name a job which was in flight when the run was cancelled. */
  inFlight = 0;

  /** @param startedAt of the run, ISO 8601. */
  constructor(startedAt: string) {
    this.harvest = new HarvestTally(startedAt);
  }

  add(record: TileRecord): void {
    const { task_id: task, error_code: code } = record;
    const heading = countedAs(record);
    const ofTask = this.tasks.get(task) ?? NOTHING_COUNTED;
    this.tasks.set(task, { ...ofTask, [heading]: ofTask[heading] + 1 });
    this.counted = { ...this.counted, [heading]: this.counted[heading] + 1 };
    if (code !== null) this.errors.set(code, (this.errors.get(code) ?? 0) + 1);
    if (heading === 'cancelled') this.inFlight += 1;
    this.harvest.add(record);
    this.records += 1;
  }
}
