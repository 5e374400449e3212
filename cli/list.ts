import type { RunClient } from '../adapters/temporal/run-client.ts';
import type { ListedRun } from '../adapters/temporal/run-list.ts';
import type { RunStatus } from '../domain/progress.ts';
import { grouped } from '../domain/quantity.ts';
import { oneLine } from '../domain/terminal.ts';
import { wholeSeconds } from '../domain/units.ts';
import { action, withJson, type CommandDefinition, type Session } from './command.ts';
import { wholeNumberFrom } from './option.ts';
import { withRunClient } from './run-target.ts';
import { tableLines } from './text-table.ts';

const LIMIT = 20;
const LONGEST_ID = 80;

/** A run of the list with what it says of itself, where anybody could say it. */
interface Row {
  readonly run: ListedRun;
  readonly status: RunStatus | null;
}

async function statusOf(client: RunClient, { runId, open, closed }: ListedRun): Promise<RunStatus | null> {
  if (open) return client.status(runId);
  if (closed !== 'completed') return null;
  const ending = await client.ending(runId);
  return ending.kind === 'ended' ? ending.status : null;
}

function stateOf({ run, status }: Row): string {
  return status?.state ?? run.closed ?? run.state ?? 'open';
}

function progressOf({ status }: Row): string {
  if (status === null || status.expected === 0) return '';
  const ended = status.ok + status.failed + status.skipped;
  return `${grouped(ended)}/${grouped(status.expected)}`;
}

function tableRow(row: Row): string[] {
  const { runId, dataset, startedAt } = row.run;
  return [oneLine(runId, LONGEST_ID), stateOf(row), oneLine(dataset ?? '', LONGEST_ID), progressOf(row), wholeSeconds(startedAt)];
}

function jsonRow(row: Row): object {
  const { runId, dataset, startedAt, endedAt } = row.run;
  const { ok = null, failed = null, skipped = null, expected = null, output = null } = row.status ?? {};
  return {
    run_id: runId,
    state: stateOf(row),
    dataset,
    started_at: startedAt,
    ended_at: endedAt,
    expected,
    ok,
    failed,
    skipped,
    output,
  };
}

async function list({ screen }: Session, _: readonly string[], { limit = LIMIT }: { limit?: number }): Promise<number> {
  const rows = await withRunClient(async (client) => {
    const runs = await client.list(limit);
    return Promise.all(runs.map(async (run) => ({ run, status: await statusOf(client, run).catch(() => null) })));
  });
  screen.result({ runs: rows.map(jsonRow) });
  if (screen.json) return 0;
  if (rows.length === 0) screen.line('Temporal knows no run. Start one with `tilescribe run`; ended ones stay in S3.');
  else for (const line of tableLines([['RUN', 'STATE', 'DATASET', 'TASKS', 'STARTED'], ...rows.map(tableRow)])) screen.line(line);
  return 0;
}

export const listCommand: CommandDefinition = {
  name: 'list',
  summary: 'List the runs that Temporal knows, the latest first',
  description:
    'Temporal forgets ended runs after its retention; their output says everything: `tilescribe status s3://…/run=<id>/`.',
  examples: [['tilescribe list --limit 5', 'the last five']],
  define: (command, io) =>
    void withJson(command.option('--limit <n>', `at most so many (default ${LIMIT})`, wholeNumberFrom(1))).action(
      action(io, list),
    ),
};
