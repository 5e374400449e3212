import type { Command } from 'commander';
import type { CurrentProgress } from '../current/ports.ts';
import type { Rebuilt } from '../current/rebuild.ts';
import type { RunPlace } from '../domain/layout.ts';
import { grouped, quantity } from '../domain/quantity.ts';
import { slowly } from './audit-view.ts';
import { action, withJson, type Io, type Session } from './command.ts';
import { OUTPUT_ARGUMENT, outputPlace, viewUri } from './current-place.ts';
import { viewDocument, viewLines } from './current-text.ts';
import { toolsOf } from './current-tools.ts';
import { withStores } from './stores.ts';
import { withExamples } from './examples.ts';
import { catchInterrupts } from './interruption.ts';
import type { Screen } from './screen.ts';
import { INTERRUPTED } from './verdict.ts';

interface RebuildOfferings {
  readonly force?: boolean;
}

interface Work {
  readonly screen: Screen;
  readonly output: RunPlace;
  readonly force: boolean;
  readonly signal: AbortSignal;
}

function rebuilt({ screen, output, force, signal }: Work): Promise<Rebuilt> {
  const tell = slowly(screen);
  let runs = '';
  const beat = ({ folder, records }: CurrentProgress): void =>
    tell(() => `rebuilding: ${runs}, ${folder}/, ${grouped(records)} records looked at`);
  const progress = (merged: number, all: number): void => {
    runs = `run ${grouped(merged + 1)} of ${grouped(all)}`;
  };
  return withStores(async (stores) => {
    const { rebuildCurrent } = await import('../current/rebuild.ts');
    return rebuildCurrent(toolsOf(stores, { signal, beat }), output, { force, progress });
  });
}

function told({ screen, output }: Work, { view, gone }: Rebuilt): void {
  const uri = viewUri(output);
  const given =
    gone.length === 0 ? [] : [`given up: what ${quantity(gone.length, 'run', grouped)} had that are not there any more`];
  if (!screen.json) for (const line of [...viewLines(uri, view), ...given]) screen.line(line);
  screen.result({ ...viewDocument(uri, view), gone });
}

async function rebuild(
  { screen }: Session,
  [text = '']: readonly string[],
  { force = false }: RebuildOfferings,
): Promise<number> {
  const interruption = catchInterrupts();
  const work = { screen, output: outputPlace(text), force, signal: interruption.signal };
  try {
    const made = await rebuilt(work);
    screen.live([]);
    told(work, made);
    return 0;
  } catch (error) {
    if (!work.signal.aborted) throw error;
    screen.note('interrupted: the current view is as it was.');
    return INTERRUPTED;
  } finally {
    screen.live([]);
    interruption.release();
  }
}

/** Adds `current rebuild`. */
export function defineRebuild(command: Command, io: Io): void {
  withJson(command)
    .summary('Make the current view again from the runs')
    .description(
      'Reads every run of the output that has ended (complete or cancelled), in the order in which they began, and switches to the new view at the end: until then everybody reads the one that is there. Runs that end meanwhile are in it. For an output whose first runs ended before there was a view, and for a view that was damaged.',
    )
    .argument('<output>', OUTPUT_ARGUMENT)
    .option('--force', 'also where runs that the view has seen are not there any more: what they alone had is given up')
    .action(action(io, rebuild));
  withExamples(command, [
    ['tilescribe current rebuild s3://results/harbours/', 'with the runs that ended before there was a view'],
    ['tilescribe current rebuild s3://results/harbours/ --force', 'after old runs were deleted'],
  ]);
}
