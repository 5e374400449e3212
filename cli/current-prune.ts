import type { Command } from 'commander';
import type { SupersededPart } from '../current/prune.ts';
import { inOutput, OUTPUT_PATHS, type RunPlace } from '../domain/layout.ts';
import { grouped, quantity } from '../domain/quantity.ts';
import { HOUR_MS } from '../domain/units.ts';
import { slowly } from './audit-view.ts';
import { action, withJson, type Io, type Session } from './command.ts';
import { confirmed } from './confirmation.ts';
import { OUTPUT_ARGUMENT, outputPlace, viewUri } from './current-place.ts';
import { bytesOf } from './current-text.ts';
import { withStores } from './stores.ts';
import { withExamples } from './examples.ts';
import { wholeNumberFrom } from './option.ts';

interface PruneOptions {
  readonly olderThan: number;
  readonly yes?: boolean;
}

const A_DAY = 24;

interface Pruning {
  readonly session: Session;
  readonly output: RunPlace;
  readonly parts: readonly SupersededPart[];
}

function sizeOf(parts: readonly SupersededPart[]): string {
  return `${quantity(parts.length, 'part', grouped)} (${grouped(bytesOf(parts))} bytes)`;
}

function concluded({ session, output, parts }: Pruning, line: string, refused: 'declined' | null): number {
  const { screen } = session;
  const bytes = bytesOf(parts);
  const removed = refused === null ? { removed: parts.length, bytes } : { removed: 0, bytes: 0 };
  if (!screen.json) screen.line(line);
  screen.result({ uri: viewUri(output), superseded: parts.length, ...removed, refused });
  return refused === null ? 0 : 1;
}

async function remove(pruning: Pruning): Promise<number> {
  const { session, output, parts } = pruning;
  const { createObjectRemover } = await import('../adapters/s3/remover.ts');
  const { removeParts } = await import('../current/prune.ts');
  const { bucket, key: prefix } = inOutput(output, OUTPUT_PATHS.current);
  const remover = createObjectRemover({ bucket, prefix });
  const tell = slowly(session.screen);
  try {
    await removeParts(remover, parts, (removed) => tell(() => `removing: ${grouped(removed)} of ${grouped(parts.length)} parts`));
    session.screen.live([]);
    return concluded(pruning, `${viewUri(output)}: removed ${sizeOf(parts)} that newer ones have replaced.`, null);
  } finally {
    remover.close();
  }
}

async function prune(session: Session, [text = '']: readonly string[], { olderThan, yes }: PruneOptions): Promise<number> {
  const output = outputPlace(text);
  const parts = await withStores(async (stores) => {
    const { supersededParts } = await import('../current/prune.ts');
    const search = { store: stores.output({}), pointers: stores.pointers({}), output };
    return supersededParts(search, Date.now() - olderThan * HOUR_MS);
  });
  const pruning = { session, output, parts };
  const age = quantity(olderThan, 'hour', grouped);
  if (parts.length === 0) return concluded(pruning, `${viewUri(output)} has no part to remove that is older than ${age}.`, null);
  const question = `Remove ${sizeOf(parts)} of ${viewUri(output)} that newer ones have replaced, all older than ${age}?`;
  if (yes !== true && !(await confirmed(session.io, question))) return concluded(pruning, 'Nothing was removed.', 'declined');
  return remove(pruning);
}

/** Adds `current prune`. */
export function definePrune(command: Command, io: Io): void {
  withJson(command)
    .summary('Remove parts of the current view that newer ones have replaced')
    .description(
      'Removes what the pointer does not name and what was written long enough ago that nobody reads it any more: a reader that holds an older pointer has that long, and so has a run that is being put into the view. At a terminal it asks first.',
    )
    .argument('<output>', OUTPUT_ARGUMENT)
    .option('--older-than <hours>', 'leave what was written since', wholeNumberFrom(1), A_DAY)
    .option('--yes', 'do not ask')
    .action(action(io, prune));
  withExamples(command, [
    ['tilescribe current prune s3://results/harbours/', 'what was replaced more than a day ago, after a question'],
    ['tilescribe current prune s3://results/harbours/ --older-than 48 --yes', 'for cron; two days for slow readers'],
  ]);
}
