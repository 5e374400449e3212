import { action, withJson, type CommandDefinition, type Session } from './command.ts';
import { OUTPUT_ARGUMENT, outputPlace, viewUri } from './current-place.ts';
import { definePrune } from './current-prune.ts';
import { defineRebuild } from './current-rebuild.ts';
import { viewDocument, viewLines } from './current-text.ts';
import { withStores } from './stores.ts';

async function show({ screen }: Session, [text = '']: readonly string[]): Promise<number> {
  const output = outputPlace(text);
  const view = await withStores(async (stores) => {
    const { readExistingView } = await import('../current/view.ts');
    return readExistingView(stores.pointers({}), output);
  });
  const uri = viewUri(output);
  if (!screen.json) for (const line of viewLines(uri, view)) screen.line(line);
  screen.result(viewDocument(uri, view));
  return 0;
}

export const currentCommand: CommandDefinition = {
  name: 'current',
  summary: 'Show the newest records of all runs of an output, make the view again, or tidy it',
  description:
    'Every run that ends puts its good records into <output>current/: the newest one of every tile and task, however many runs it took. Shows how many there are, of which runs, since when. docs/current.md says how to read them.',
  examples: [
    ['tilescribe current s3://results/harbours/', 'what there is'],
    ['tilescribe current rebuild s3://results/harbours/', 'with the runs that ended before there was a view'],
    ['tilescribe current prune s3://results/harbours/ --older-than 48', 'what nobody reads any more'],
  ],
  define: (command, io) => {
    withJson(command.argument('<output>', OUTPUT_ARGUMENT))
      .usage('[options] [rebuild | prune] <output>')
      .helpCommand(false)
      .action(action(io, show));
    defineRebuild(command.command('rebuild'), io);
    definePrune(command.command('prune'), io);
  },
};
