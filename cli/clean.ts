import type { Audit, AuditProgress } from '../audit/audit.ts';
import { stillOut, type Logs, type StillOut } from '../audit/still-out.ts';
import { grouped, quantity } from '../domain/quantity.ts';
import { mayLackRecords } from '../domain/run.ts';
import { isoText } from '../domain/units.ts';
import { parseRun } from '../schema/run.ts';
import { storedJson } from '../schema/stored-json.ts';
import { auditDocument, differenceLines } from './audit-text.ts';
import { progressLine, slowly } from './audit-view.ts';
import { action, withJson, type CommandDefinition, type Session } from './command.ts';
import { confirmed } from './confirmation.ts';
import { openOutput } from './run-output.ts';
import { locatedRun, type LocatedRun } from './run-place.ts';
import { RUN_ARGUMENT } from './run-target.ts';

interface CleanOptions {
  readonly yes?: boolean;
  readonly force?: boolean;
}

/** Why nothing is removed. */
type Refusal = 'differences' | 'jobs_out' | 'declined';

interface Cleaning {
  readonly session: Session;
  readonly located: LocatedRun;
  readonly audit: Audit;
}

const KEPT = 'run.json, manifest/, the parts, manifest.json, report.json, report.html and _SUCCESS stay.';

/** @returns why a run keeps its log, or nothing where it need not. */
function outLines(runId: string, { collectable, charged, chargedUntilMs }: StillOut): string[] {
  const until = isoText(chargedUntilMs);
  return [
    ...(collectable === 0
      ? []
      : [
          `${runId} left ${quantity(collectable, 'job', grouped)} in flight that a later run of the same output can still collect, for 7 days, through _work/ alone.`,
        ]),
    ...(charged === 0
      ? []
      : [`${quantity(charged, 'job', grouped)} of ${runId} may still hold a GPU until ${until}, and only _work/ says so.`]),
  ];
}

function concluded({ session, located, audit }: Cleaning, came: { removed: number; refused: Refusal | null }): number {
  const { ref, uri } = located;
  session.screen.result({ ...auditDocument(ref.runId, uri, audit), ...came });
  return came.refused === null ? 0 : 1;
}

function refuse(cleaning: Cleaning, refused: Refusal, lines: readonly string[]): number {
  const { screen } = cleaning.session;
  if (!screen.json) for (const line of lines) screen.line(line);
  return concluded(cleaning, { removed: 0, refused });
}

async function leftBy({ located, audit }: Cleaning, store: Logs['store']): Promise<StillOut> {
  const output = openOutput(located.uri);
  try {
    const uri = `${located.uri}run.json`;
    const run = parseRun(storedJson((await output.text('run.json')) ?? 'null', uri), uri);
    const wanted = audit.manifest !== null && mayLackRecords(audit.manifest);
    return await stillOut({ store, place: located.ref, run, now: Date.now() }, wanted);
  } finally {
    await output.close();
  }
}

async function remove(cleaning: Cleaning): Promise<number> {
  const { session, located, audit } = cleaning;
  const { createObjectStores } = await import('../adapters/s3/store.ts');
  const { createObjectRemover } = await import('../adapters/s3/remover.ts');
  const { removeWork, workOf } = await import('../audit/removal.ts');
  const stores = createObjectStores();
  const remover = createObjectRemover(workOf(located.ref));
  const tell = slowly(session.screen);
  const progress = (removed: number): void => tell(() => `removing: ${grouped(removed)} of ${grouped(audit.work)} objects`);
  try {
    const removed = await removeWork({ store: stores.output({}), remover, progress }, located.ref);
    session.screen.live([]);
    if (!session.screen.json)
      session.screen.line(`${located.ref.runId}: removed ${quantity(removed, 'object', grouped)} below _work/. ${KEPT}`);
    return concluded(cleaning, { removed, refused: null });
  } finally {
    remover.close();
    stores.close();
  }
}

async function decide(cleaning: Cleaning, { yes, force }: CleanOptions, out: StillOut): Promise<number> {
  const { session, located, audit } = cleaning;
  const { ref, uri } = located;
  const lines = outLines(ref.runId, out);
  if (lines.length > 0 && force !== true)
    return refuse(cleaning, 'jobs_out', [...lines, 'Nothing was removed; --force gives them up.']);
  if (audit.work === 0) {
    if (!session.screen.json) session.screen.line(`${ref.runId} has no working files. ${KEPT}`);
    return concluded(cleaning, { removed: 0, refused: null });
  }
  const question = `Remove ${quantity(audit.work, 'object', grouped)} below ${uri}_work/? ${KEPT}`;
  if (yes !== true && !(await confirmed(session.io, question))) return refuse(cleaning, 'declined', ['Nothing was removed.']);
  return remove(cleaning);
}

async function clean(session: Session, [text = '']: readonly string[], options: CleanOptions): Promise<number> {
  const located = await locatedRun(text);
  const { createObjectStores } = await import('../adapters/s3/store.ts');
  const { auditRun } = await import('../audit/audit.ts');
  const stores = createObjectStores();
  const tell = slowly(session.screen);
  try {
    const progress = (now: AuditProgress): void => tell(() => progressLine(now));
    const audit = await auditRun(stores, located.ref, { sources: false, progress });
    session.screen.live([]);
    const cleaning = { session, located, audit };
    const { screen } = session;
    if (audit.differences.total === 0) return await decide(cleaning, options, await leftBy(cleaning, stores.output({})));
    const kept = 'Nothing was removed: _work/ may be what is needed to find out why.';
    return refuse(cleaning, 'differences', [...differenceLines(located.ref.runId, audit, screen.paint), kept]);
  } finally {
    stores.close();
  }
}

export const cleanCommand: CommandDefinition = {
  name: 'clean',
  summary: 'Remove the working files of a finished run',
  description: `Audits the run first (without its sources) and removes what lies below _work/ only where nothing differs; otherwise it shows the differences and exits with 1. ${KEPT} status, audit and later runs that take over its records work without _work/. A run that is not finished is refused. So is one with jobs that are not over: of a cancelled run a later run could collect them within 7 days.`,
  examples: [
    ['tilescribe clean s3://results/harbours/run=harbours-20260102T030405Z-a1b2/', 'asks before it removes, at a terminal'],
    ['tilescribe clean harbours-20260102T030405Z-a1b2 --yes --json', 'does not ask, for a program'],
  ],
  define: (command, io) =>
    void withJson(
      command
        .argument('<run>', RUN_ARGUMENT)
        .option('--yes', 'do not ask')
        .option('--force', 'also where jobs of the run are not over: nobody will collect them'),
    ).action(action(io, clean)),
};
