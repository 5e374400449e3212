import { Option, type Command } from 'commander';
import { Failure } from '../domain/failure.ts';
import { grouped, quantity } from '../domain/quantity.ts';
import { forTerminal } from '../domain/terminal.ts';
import { BYTE_ORDER_MARK, FORMATS, type FormatName } from '../export/formats.ts';
import { STATUSES, type Selection } from '../export/selection.ts';
import { action, withJson, type CommandDefinition, type Session } from './command.ts';
import { exportedBytes, type Exported } from './export-records.ts';
import { isPrinted, openTarget, type Target } from './export-target.ts';
import { openSource, sourceAddress, type Source } from './export-source.ts';
import { catchInterrupts } from './interruption.ts';
import { RUN_ARGUMENT } from './run-target.ts';
import { createScreen, type Screen } from './screen.ts';
import { INTERRUPTED } from './verdict.ts';

interface ExportOptions extends Selection {
  readonly format: FormatName;
  readonly out?: string;
  readonly force?: boolean;
  readonly bom?: boolean;
}

interface Work {
  readonly options: ExportOptions;
  readonly target: Target;
  readonly printed: boolean;
  readonly screen: Screen;
  readonly signal: AbortSignal;
}

function checkOptions({ format, bom = false }: ExportOptions, printed: boolean, json: boolean): void {
  if (bom && format !== 'csv') throw new Failure('InvalidSpec', `--bom is for --format csv; ${format} has no byte order mark.`);
  if (!printed || !json) return;
  throw new Failure('InvalidSpec', '--json prints one object on standard output: say where the export goes with --out.');
}

/** Standard output is for the export alone where it is printed; live lines would erase some of it where both are a terminal. */
function screenOf({ io, screen }: Session, printed: boolean): Screen {
  if (!printed) return screen;
  const { stdout, stderr, environment } = io;
  const plain = stdout.isTTY === true ? { write: (text: string | Uint8Array) => stderr.write(text) } : stderr;
  return createScreen({ stdout, stderr: plain, environment, json: true });
}

function outcomeLines({ options, target }: Work, { records, leftOut, bytes }: Exported): string[] {
  const many = (count: number): string => quantity(count, 'record', grouped);
  const { lacks } = FORMATS[options.format];
  const without = leftOut === 0 ? [] : [`left out: ${many(leftOut)} without ${lacks ?? 'what the format needs'}`];
  return [`exported: ${many(records)}, ${grouped(bytes)} bytes, to ${forTerminal(target.name)}`, ...without];
}

async function exportTo(work: Work, source: Source): Promise<void> {
  const { options, target, printed, screen, signal } = work;
  const { format: name, task, status, bom } = options;
  if (task !== undefined) await source.checkTask(task);
  const tally: Exported = { records: 0, leftOut: 0, bytes: 0, sha256: '' };
  const progress = (line: string): void => screen.live([line]);
  const preface = bom === true ? BYTE_ORDER_MARK : '';
  await target.take(
    exportedBytes({ source, format: FORMATS[name], selection: { task, status }, preface, signal, progress }, tally),
  );
  for (const line of [...source.remarks, ...outcomeLines(work, tally)]) screen.line(line);
  const { records, leftOut, bytes, sha256 } = tally;
  if (printed) return;
  const { run_id, state } = source;
  screen.result({ run_id, state, format: name, out: target.name, records, left_out: leftOut, bytes, sha256 });
}

async function interruptible(work: Work, address: string): Promise<number> {
  const source = await openSource(address);
  try {
    await exportTo(work, source);
    return 0;
  } catch (error) {
    if (!work.signal.aborted) throw error;
    work.screen.note('interrupted: nothing was left behind but what was printed.');
    return INTERRUPTED;
  } finally {
    work.screen.live([]);
    await source.output.close();
  }
}

async function exportRun(session: Session, [run = '']: readonly string[], options: ExportOptions): Promise<number> {
  const printed = isPrinted(options.out, session.io);
  checkOptions(options, printed, session.screen.json);
  const address = await sourceAddress(run);
  const target = await openTarget(options.out ?? '-', options.force === true, session.io);
  const interruption = catchInterrupts();
  try {
    const { signal } = interruption;
    return await interruptible({ options, target, printed, screen: screenOf(session, printed), signal }, address);
  } finally {
    interruption.release();
  }
}

function withOptions(command: Command): Command {
  const formats = Object.entries(FORMATS).map(([name, { summary }]) => `${name}: ${summary}`);
  return command
    .argument('<run>', `${RUN_ARGUMENT}, or s3://…/current/ for the newest records of all runs`)
    .addOption(new Option('--format <format>', formats.join('; ')).choices(Object.keys(FORMATS)).makeOptionMandatory())
    .option('--out <where>', 'a file, s3://bucket/key, or - for standard output (default where that is piped)')
    .option('--task <id>', 'only the records of that task')
    .addOption(new Option('--status <status>', 'only records with that status').choices(STATUSES))
    .option('--force', 'replace a file that is there; objects in S3 are never replaced')
    .option('--bom', 'begin with a byte order mark, by which Excel knows UTF-8 (csv)');
}

export const exportCommand: CommandDefinition = {
  name: 'export',
  summary: 'Write the records of a run, or the newest of all runs, in another format',
  description:
    'Of any run that has ended, cancelled ones too; a run that is named by its address is read from S3 alone. Every part is compared with manifest.json (of a current view: with its pointer) on the way: where one differs the exit code is 1, and nothing is left at --out. The formats: docs/output.md.',
  examples: [
    ['tilescribe export s3://results/harbours/run=harbours-1/ --format csv --bom --out harbours.csv', 'for a spreadsheet'],
    [
      'tilescribe export s3://results/harbours/run=harbours-1/ --format geojsonseq --task ships --status ok --out ships.geojsons',
      'the answers to one question, for a map',
    ],
    ['tilescribe export s3://results/harbours/current/ --format csv --out newest.csv', 'the newest records of all runs'],
    [
      'tilescribe export harbours-1 --format openai-batch --out s3://results/exports/harbours-1.jsonl',
      'for what reads OpenAI batches',
    ],
  ],
  define: (command, io) => void withJson(withOptions(command)).action(action(io, exportRun)),
};
