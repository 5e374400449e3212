import { Context } from '@temporalio/activity';
import { createAdvance } from './advance/advance.ts';
import type { AdvanceArgs, AdvanceDeps, AdvanceResult } from './advance/advance-types.ts';
import { createEnumerate, type EnumerateArgs, type Enumerated } from './enumerate.ts';
import { createFinalize, type FinalizeArgs, type FinalizePorts, type FinalizeResult } from './finalize/finalize.ts';
import { createHarvest, type HarvestArgs, type Harvested, type HarvestPorts } from './harvest/harvest.ts';
import { createMerge, type MergeArgs, type MergePorts, type MergeResult } from './merge/merge.ts';
import { createOpenRun, type OpenedRun, type OpenRunArgs, type OpenRunDeps } from './open-run.ts';
import { performed } from './performed.ts';

/** What the workflow is told besides: how this installation runs it. */
export interface Opened extends OpenedRun {
  /** Search attributes are known to exist, so that they may be upserted. */
  readonly searchAttributes: boolean;
  /** For the memo of a run whose starter has given it none. */
  readonly memo?: { readonly dataset: string };
  /** A workflow continues as new near this many events. */
  readonly historyEvents: number;
}

/** What a run is opened with beside its spec. */
export type Opening = Omit<OpenRunArgs, 'spec'>;

/** The activities as workflows see them. */
export interface Activities {
  /** Two arguments, so that a spec of the largest size stays a payload of that size. */
  openRun(spec: unknown, opening: Opening): Promise<Opened>;
  enumerate(args: EnumerateArgs): Promise<Enumerated>;
  harvest(args: HarvestArgs): Promise<Harvested>;
  advance(args: AdvanceArgs): Promise<AdvanceResult>;
  merge(args: MergeArgs): Promise<MergeResult>;
  finalize(args: FinalizeArgs): Promise<FinalizeResult>;
}

/** Everything that activities need of the world. */
export interface ActivityPorts extends OpenRunDeps, HarvestPorts, MergePorts, FinalizePorts, AdvanceDeps {
  readonly historyEvents: number;
  searchAttributes(): Promise<boolean>;
}

type IoActivities = Pick<Activities, 'openRun' | 'enumerate' | 'harvest' | 'merge' | 'finalize'>;

/** The activities of the role `io`. */
export function createIoActivities(ports: ActivityPorts): IoActivities {
  const openRun = createOpenRun(ports);
  const enumerate = createEnumerate(ports);
  const harvest = createHarvest(ports);
  const merge = createMerge(ports);
  const finalize = createFinalize(ports);
  const opening = performed(async (args: OpenRunArgs) => {
    const opened = await openRun(args);
    const { historyEvents } = ports;
    return { ...opened, searchAttributes: await ports.searchAttributes(), memo: { dataset: opened.dataset }, historyEvents };
  });
  return {
    openRun: (spec, opened) => opening({ spec, ...opened }),
    enumerate: performed(enumerate),
    harvest: performed(harvest),
    merge: performed(merge),
    finalize: performed(finalize),
  };
}

/** The activities of the role `inference`. */
export function createInferenceActivities(ports: AdvanceDeps): Pick<Activities, 'advance'> {
  const advance = createAdvance(ports);
  const act = performed(
    (args: AdvanceArgs, pulse) => {
      const context = Context.current();
      const forsaken = (): boolean => context.cancellationDetails?.notFound === true;
      return advance(args, { ...pulse, forsaken, attempt: context.info.attempt });
    },
    { always: true },
  );
  return { advance: act };
}
