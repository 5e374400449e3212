import type { Command } from 'commander';
import { parseDate } from '../domain/calendar.ts';
import { SAMPLE_MAX } from '../domain/spec.ts';
import { collected, fitting, wholeNumberFrom } from './option.ts';

/** Options by which a command is told what to ask, beside SPEC. */

/** What of the tiles is asked; also over a spec file. */
function choice(command: Command): Command {
  return command
    .option(
      '--sample <n>',
      `ask about n tiles that are drawn (at most ${SAMPLE_MAX}); the same ones every time`,
      wholeNumberFrom(1),
    )
    .option(
      '--date <yyyy-mm-dd>',
      'the day that stands for {date} in the addresses of the spec',
      fitting('a day as YYYY-MM-DD', (text) => parseDate(text) !== null),
    )
    .option('--all', 'ask also what earlier runs of the same output have answered');
}

function shortForm(command: Command): Command {
  return command
    .option('--out <s3-uri>', 'where results go (short form)')
    .option('--caption', 'ask for a caption of every tile (short form)')
    .option('--caption-prompt <text>', 'the same, with a prompt of your own (short form)')
    .option('--ask <question>', 'ask a question about every tile; may be given again (short form)', collected)
    .option('--dataset <name>', 'groups runs; default: the last segment of the input (short form)')
    .option('--include <glob>', 'only keys that match; may be given again (short form)', collected)
    .option('--exclude <glob>', 'no key that matches; may be given again (short form)', collected)
    .option('--limit <n>', 'at most so many tiles (short form)', wholeNumberFrom(1));
}

export function withSpecOptions(command: Command): Command {
  return shortForm(choice(command));
}
