import { setTimeout as sleep } from 'node:timers/promises';
import { phaseOf, type DateRun } from '../domain/backfill.ts';
import { oneLine } from '../domain/terminal.ts';
import type { BackfillView } from './backfill-drive.ts';
import { backfillLive, changeLine } from './backfill-text.ts';
import { unservedSentence } from './progress-view.ts';
import type { Screen } from './screen.ts';

const LONGEST = 300;
const LOOK_EVERY_MS = 1_000;

/** @returns after a second, or as soon as the signal is aborted. */
export async function untilNextLook(signal: AbortSignal): Promise<void> {
  await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
}

/** @returns a view: redrawn lines on a terminal, a line for every change in a pipe. */
export function createBackfillView(screen: Screen, before: readonly DateRun[]): BackfillView {
  const beganMs = Date.now();
  const endedBefore = before.filter((run) => phaseOf(run) === 'ended').length;
  const told = new Set<string>();
  const tell = (topic: string, text: string): void => {
    if (!told.has(topic)) screen.note(`tilescribe: ${text}`);
    told.add(topic);
  };
  return {
    changed: (run) => {
      if (!screen.terminal) screen.line(changeLine(run, screen.paint));
    },
    seen: ({ runs }) => screen.live(backfillLive(runs, { endedBefore, elapsedMs: Date.now() - beganMs }, screen.paint)),
    away: (sentence) => tell('away', `${oneLine(sentence, LONGEST)} Trying again; open runs go on by themselves.`),
    unserved: (roles) => {
      if (roles.length > 0) tell('unserved', unservedSentence(roles));
    },
  };
}
