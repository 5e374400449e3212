import { differenceLines, auditDocument, soundLine } from './audit-text.ts';
import { progressLine, slowly } from './audit-view.ts';
import { action, withJson, type CommandDefinition, type Session } from './command.ts';
import { locatedRun } from './run-place.ts';
import { RUN_ARGUMENT } from './run-target.ts';

interface AuditOfferings {
  readonly sources: boolean;
}

async function audit({ screen }: Session, [text = '']: readonly string[], { sources }: AuditOfferings): Promise<number> {
  const { ref, uri } = await locatedRun(text);
  // The library is half the time that a command takes to start.
  const { createObjectStores } = await import('../adapters/s3/store.ts');
  const { auditRun } = await import('../audit/audit.ts');
  const stores = createObjectStores();
  const tell = slowly(screen);
  try {
    const found = await auditRun(stores, ref, { sources, progress: (progress) => tell(() => progressLine(progress)) });
    screen.live([]);
    const sound = found.differences.total === 0;
    const lines = sound ? [soundLine(ref.runId, found)] : differenceLines(ref.runId, found, screen.paint);
    if (!screen.json) for (const line of lines) screen.line(line);
    screen.result(auditDocument(ref.runId, uri, found));
    return sound ? 0 : 1;
  } finally {
    stores.close();
  }
}

export const auditCommand: CommandDefinition = {
  name: 'audit',
  summary: 'Prove a finished run anew, from S3 alone',
  description:
    'Reads everything of the run: every part is as manifest.json says (bytes, lines, SHA-256), every line is a record of this run, in order, none twice and none missing; the ids of records are computed again; balance, _SUCCESS and report.json agree with what was counted; nothing is there that the manifest does not name; and every tile in the input still has its etag. Changes nothing. Exits with 1 where something differs.',
  examples: [
    ['tilescribe audit s3://results/harbours/run=harbours-20260102T030405Z-a1b2/', 'every line, and one HEAD for every tile'],
    ['tilescribe audit harbours-20260102T030405Z-a1b2 --no-sources --json', 'the output alone, for a program'],
  ],
  define: (command, io) =>
    void withJson(
      command
        .argument('<run>', RUN_ARGUMENT)
        .option('--no-sources', 'do not look whether the tiles in the input are still the same'),
    ).action(action(io, audit)),
};
