import type { CallLine, Intent, IntentsHead, Job, OpenTask, SliceHead, StrandState, TakeoverHead } from '../../domain/log.ts';
import { NEW_TASK } from '../../domain/log.ts';
import type { LogObject } from '../../domain/fold.ts';
import { begun, newStrand } from '../../domain/strand.ts';
import { NO_FACTS, type Tile } from '../../domain/tile.ts';

export const NOW = 1_700_000_000_000;
export const DEADLINE = NOW + 2_195_000;

/** @returns the tile at a line of range 0. */
export function tileAt(line: number): Tile {
  return { bucket: 'imagery', key: `tiles/${line}.tif`, etag: `e${line}`, size: 1, last_modified: null, version_id: null };
}

/** @returns an intent of a tile's task; its history counts the attempt at hand. */
export function intentOf(i: number, more: Partial<Intent> = {}): Intent {
  const line = more.line ?? i;
  const history = { ...NEW_TASK, attempts: 1 };
  return { i, range: 0, line, task: 'caption', tile: tileAt(line), facts: NO_FACTS, history, replaces: null, ...more };
}

/** @returns a strand in which these lines of range 0 have begun, each with one task. */
export function strandWith(...lines: readonly number[]): StrandState {
  return lines.reduce(
    (state, line) => begun(state, { range: 0, line, task: 'caption', tile: tileAt(line), facts: NO_FACTS }, NOW),
    newStrand(0),
  );
}

export const timesOf = (n: number): { n: number; beganAtMs: number; deadlineAtMs: number } => ({
  n,
  beganAtMs: NOW,
  deadlineAtMs: DEADLINE,
});

const written = { nonce: 'x', attempt: { execution: 1, turn: 1, attempt: 1 } };

export function takeover(n: number): LogObject {
  const head: TakeoverHead = { kind: 'takeover', n, ...written };
  return { head };
}

export function intents(n: number, of: readonly Intent[], calls: readonly CallLine[] = []): LogObject {
  const head: IntentsHead = { kind: 'intents', n, ...written, began_at_ms: NOW, deadline_at_ms: DEADLINE };
  return { head, intents: of, calls };
}

export function slice(n: number, state: StrandState): LogObject {
  const head: SliceHead = { kind: 'slice', n, ...written, state };
  return { head };
}

export const acceptedLine = (i: number, call_id = `fc-${i}`): CallLine => ({ i, outcome: 'accepted', call_id, at_ms: NOW });
export const notSentLine = (i: number): CallLine => ({ i, outcome: 'not_sent', at_ms: NOW });
export const refusedLine = (i: number, more: { counted: boolean; digest: string | null }): CallLine => ({
  i,
  outcome: 'refused',
  at_ms: NOW,
  ...more,
});

/** @returns the open task of a line of range 0. @throws where there is none. */
export function taskAt(state: StrandState, line: number): OpenTask {
  const task = state.tasks.find((open) => open.line === line);
  if (task === undefined) throw new Error(`no open task at line ${line}`);
  return task;
}

export function jobsAt(state: StrandState, line: number): readonly Job[] {
  return state.tasks.find((open) => open.line === line)?.jobs ?? [];
}
