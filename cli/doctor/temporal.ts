import { openDesk, type Desk } from '../../adapters/temporal/desk.ts';
import { pollersOf } from '../../adapters/temporal/pollers.ts';
import { missingSearchAttributes } from '../../adapters/temporal/search-attributes.ts';
import { shellWord } from '../../domain/shell-word.ts';
import { TASK_QUEUES, type Role } from '../../domain/temporal-names.ts';
import { examined, type Finding, ok, warning } from './finding.ts';

const CONNECT_FIX =
  'Start one with `tilescribe local up`, or set TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE and the TLS variables to yours.';

async function namespaceFinding({ ask, client, namespace, address }: Desk): Promise<Finding> {
  return examined('temporal', CONNECT_FIX, async () => {
    await ask(() => client.workflowService.describeNamespace({ namespace }));
    return ok('temporal', `Temporal answers at ${address}, namespace ${namespace}.`);
  });
}

async function attributesFinding({ client, namespace }: Desk): Promise<Finding> {
  const check = 'search attributes';
  const missing = await missingSearchAttributes(client);
  if (missing === null)
    return warning(check, 'The server does not say which it has.', 'Nothing needs them; they make lists easier to filter.');
  if (missing.length === 0) return ok(check, 'All three are registered.');
  const create = missing.map((name) => `--name ${name} --type Keyword`).join(' ');
  const fix = `Runs work without them. To filter lists by them: temporal operator search-attribute create --namespace ${shellWord(namespace)} ${create}`;
  return warning(check, `${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} not registered.`, fix);
}

async function workerFinding(desk: Desk, role: Role): Promise<Finding> {
  const queue = TASK_QUEUES[role];
  return examined(`worker ${role}`, CONNECT_FIX, async () => {
    const count = await pollersOf(desk, role);
    if (count > 0) return ok(`worker ${role}`, `${count} polling task queue ${queue}.`);
    return warning(
      `worker ${role}`,
      `No worker is polling task queue ${queue}.`,
      `Start one with \`tilescribe worker --role ${role}\`.`,
    );
  });
}

/** Checks the Temporal server that the environment names. */
export async function temporalFindings(): Promise<Finding[]> {
  let desk: Desk | null = null;
  const reached = await examined('temporal', CONNECT_FIX, async () => {
    desk = await openDesk();
    return namespaceFinding(desk);
  });
  if (desk === null || reached.outcome !== 'ok') return [reached];
  const open: Desk = desk;
  try {
    const roles = Object.keys(TASK_QUEUES) as Role[];
    const workers = await Promise.all(roles.map((role) => workerFinding(open, role)));
    return [reached, await attributesFinding(open), ...workers];
  } finally {
    await open.close();
  }
}
