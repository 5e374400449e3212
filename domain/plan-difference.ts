import { TASK_STATES, type TaskState } from './owed.ts';
import type { Plan, PlannedReason, PlannedTask } from './plan.ts';
import { grouped, quantity } from './quantity.ts';
import { canonicalJson } from './spec.ts';

/** What has changed between two plans of the same spec, in words: the first was shown, the second is of this moment. */

/** Runs that are named one by one. */
const NAMED = 5;

interface Pair {
  readonly before: Plan;
  readonly after: Plan;
}

/** Priority is a matter of when, not of what. */
function asked({ spec }: Plan): string {
  return canonicalJson({ ...spec, priority: null });
}

function specChanges({ before, after }: Pair): string[] {
  if (asked(before) === asked(after)) return [];
  return ['The spec means something else to this version of tilescribe than to the one that made the plan.'];
}

function inputChanges({ before: { input: before }, after: { input: after } }: Pair): string[] {
  if (before.sha256 === after.sha256) return [];
  const more = after.tiles - before.tiles;
  if (more === 0) {
    const what = before.tiles === 1 ? 'it is another object' : 'some are other objects';
    return [`The input still has ${quantity(after.tiles, 'tile', grouped)}, but ${what}.`];
  }
  const change = `${grouped(Math.abs(more))} ${more > 0 ? 'more' : 'fewer'}`;
  return [`The input has ${quantity(after.tiles, 'tile', grouped)}, ${change} than the ${grouped(before.tiles)} of the plan.`];
}

function named(ids: readonly string[]): string {
  const shown = ids.slice(0, NAMED).join(', ');
  return ids.length <= NAMED ? shown : `${shown} and ${grouped(ids.length - NAMED)} more`;
}

function runChanges({ before, after }: Pair): string[] {
  const states = (plan: Plan): Map<string, string> => new Map(plan.earlier_runs.map(({ run_id, state }) => [run_id, state]));
  const [then, now] = [states(before), states(after)];
  const ended = [...now].filter(([id, state]) => then.get(id) !== state).map(([id, state]) => `${id} (${state})`);
  const gone = [...then.keys()].filter((id) => !now.has(id));
  return [
    ...(ended.length === 0 ? [] : [`${ended.length === 1 ? 'A run has' : 'Runs have'} ended since: ${named(ended)}.`]),
    ...(gone.length === 0 ? [] : [`Not there any more, or open again: ${named(gone)}.`]),
  ];
}

function serviceChanges({ before, after }: Pair): string[] {
  const models = (plan: Plan): Map<string, string> => new Map(plan.tasks.map(({ service, model }) => [service, model]));
  const then = models(before);
  return [...models(after)].flatMap(([service, model]) => {
    const was = then.get(service);
    return was === undefined || was === model ? [] : [`Service ${service} is model ${model} now, ${was} in the plan.`];
  });
}

function preparationChanges({ before, after }: Pair): string[] {
  const [was, is] = [before.versions['preparation'], after.versions['preparation']];
  if (was === is) return [];
  return [`Tiles are prepared in another way: version ${is ?? 'unknown'}, ${was ?? 'unknown'} in the plan.`];
}

function countsText({ states, owed }: PlannedTask, other: PlannedTask): string {
  const changed = TASK_STATES.filter((state) => states[state] !== other.states[state]);
  const counts = changed.map((state) => `${state} ${grouped(other.states[state])} -> ${grouped(states[state])}`);
  return `owed ${grouped(other.owed)} -> ${grouped(owed)}${counts.length === 0 ? '' : ` (${counts.join(', ')})`}`;
}

function taskChanges({ before, after }: Pair): string[] {
  return after.tasks.flatMap((task) => {
    const was = before.tasks.find(({ task_id }) => task_id === task.task_id);
    if (was === undefined || canonicalJson([was.states, was.owed]) === canonicalJson([task.states, task.owed])) return [];
    return [`Task ${task.task_id}: ${countsText(task, was)}.`];
  });
}

function nameOf({ state, reason }: { readonly state: TaskState; readonly reason: string | null }): string {
  return reason === null ? state : `${state} (${reason})`;
}

/** Tiles that stand beside a reason now and did not then; a plan names only the first few. */
function newcomers({ before, after }: Pair): string[] {
  const of = (one: PlannedReason): PlannedReason | undefined =>
    before.reasons.find(({ state, reason, owed }) => state === one.state && reason === one.reason && owed === one.owed);
  return after.reasons.flatMap((one) => {
    const was = of(one);
    const samples = one.samples.filter((uri) => was?.samples.includes(uri) !== true);
    return was?.count === one.count || samples.length === 0 ? [] : [`Now ${nameOf(one)}, such as: ${samples.join(', ')}.`];
  });
}

const SOMETHING = 'What is owed is as much as in the plan, but not the same tasks, or a service speaks another API.';

/**
 * @returns sentences that say what has changed; none where a run would ask exactly what the plan says. Runs that have
 * begun since, and what it would take, decide nothing.
 */
export function planDifferences(before: Plan, after: Plan): string[] {
  if (before.digest === after.digest) return [];
  const pair = { before, after };
  const changes = [specChanges, inputChanges, runChanges, serviceChanges, preparationChanges, taskChanges, newcomers];
  const sentences = changes.flatMap((of) => of(pair));
  return sentences.length === 0 ? [SOMETHING] : sentences;
}
