import { Failure } from '../domain/failure.ts';
import type { Plan } from '../domain/plan.ts';
import { planDifferences } from '../domain/plan-difference.ts';
import type { Configuration } from '../domain/service.ts';
import type { Priority, RunSpec } from '../domain/spec.ts';
import { forTerminal, oneLine } from '../domain/terminal.ts';
import { wholeSeconds } from '../domain/units.ts';
import { parsePlan } from '../schema/plan.ts';
import { parseSpec } from '../schema/spec.ts';
import { planNow } from './planning.ts';
import type { Screen } from './screen.ts';
import { fileText } from './text-file.ts';

/** A run that is started from a plan: only where it would still ask exactly what the plan says. */

const LONGEST = 1_000;
const PLAN_FILE = {
  what: 'The plan',
  instead: 'Give the path of a file that `tilescribe plan SPEC --save FILE` wrote.',
} as const;

/** @throws Failure `InvalidSpec` that says what has changed. */
export function refuseChanges(before: Plan, after: Plan, file: string): void {
  const changes = planDifferences(before, after);
  if (changes.length === 0) return;
  const lines = changes.map((change) => `  ${oneLine(change, LONGEST)}`);
  const made = wholeSeconds(before.made_at);
  throw new Failure(
    'InvalidSpec',
    [
      `The plan ${forTerminal(file)} of ${made} is not what a run would do now, and nothing was started:`,
      ...lines,
      'Make it again with `tilescribe plan`.',
    ].join('\n'),
  );
}

export interface PlannedRun {
  /** The path of the plan. */
  readonly file: string;
  readonly priority: Priority | undefined;
  readonly configuration: Configuration;
  readonly screen: Screen;
}

/** @returns the spec of a plan that still holds, or null where Ctrl-C came first. @throws Failure */
export async function readPlannedSpec({ file, priority, configuration, screen }: PlannedRun): Promise<RunSpec | null> {
  const before = parsePlan(await fileText(file, PLAN_FILE), `The plan ${forTerminal(file)}`);
  const spec = parseSpec({ ...before.spec, ...(priority && { priority }) });
  const after = await planNow({ spec, configuration, screen });
  if (after === null) return null;
  refuseChanges(before, after, file);
  return spec;
}
