import { oneLine } from '../domain/terminal.ts';
import { action, withJson, type CommandDefinition, type Session } from './command.ts';
import { type Finding, worst } from './doctor/finding.ts';
import { knownServices, nodeFinding, settingsFinding, sharpFinding } from './doctor/machine.ts';
import type { Paint } from './paint.ts';
import { queueUrl } from './queue-url.ts';

interface DoctorOptions {
  readonly wake?: boolean;
  readonly in?: string;
  readonly out?: string;
  readonly queue?: string;
}

const LONGEST = 600;
const NAME_WIDTH = 18;
const MARKS = { ok: 'green', warning: 'yellow', failed: 'red', skipped: 'dim' } as const satisfies Record<
  Finding['outcome'],
  keyof Paint
>;

/** @returns a finding as people read it. */
export function findingLines({ check, outcome, message, fix }: Finding, paint: Paint): string[] {
  const mark = paint[MARKS[outcome]](outcome.padEnd('warning'.length));
  const first = `${mark}  ${check.padEnd(NAME_WIDTH)} ${oneLine(message, LONGEST)}`;
  return fix === null ? [first] : [first, `${' '.repeat('warning'.length + 2 + NAME_WIDTH + 1)}fix: ${oneLine(fix, LONGEST)}`];
}

async function doctor({ io, screen }: Session, _: readonly string[], options: DoctorOptions): Promise<number> {
  const { environment } = io;
  const { temporalFindings } = await import('./doctor/temporal.ts');
  const { inputFindings, outputFindings } = await import('./doctor/object-stores.ts');
  const { queueFindings } = await import('./doctor/queue.ts');
  const { serviceFindings } = await import('./doctor/services.ts');
  const findings: Finding[] = [];
  const report = (found: readonly Finding[]): void => {
    findings.push(...found);
    if (!screen.json) for (const line of found.flatMap((finding) => findingLines(finding, screen.paint))) screen.line(line);
  };
  const { finding, configuration } = knownServices(environment);
  report([nodeFinding(process.versions.node), sharpFinding(), settingsFinding(environment), finding]);
  report(await temporalFindings());
  report(await outputFindings(options.out));
  report(await inputFindings(options.in));
  report(await queueFindings(options.queue, environment));
  if (configuration !== null) report(await serviceFindings(configuration, { environment, wake: options.wake === true }));
  screen.result({ exit_code: worst(findings), checks: findings });
  return worst(findings);
}

export const doctorCommand: CommandDefinition = {
  name: 'doctor',
  summary: 'Check environment, Temporal, S3, a queue of events and services, and say what to fix',
  description:
    'The output check makes real conditional writes: three small objects below <out>_doctor/ stay there. The queue check removes and keeps nothing; one message that waits may count as received once more. A sleeping service that holds a GPU is never woken unless --wake. The exit code is that of the worst finding: 2, 3 or 4, else 0.',
  examples: [
    ['tilescribe doctor', 'everything but S3 and the queue'],
    ['tilescribe doctor --in s3://imagery/tiles/ --out s3://results/', 'S3 as well, before the first run'],
    [
      'tilescribe doctor --queue https://sqs.eu-central-1.amazonaws.com/123456789012/tiles',
      'the queue of an intake, before the first event',
    ],
  ],
  define: (command, io) =>
    void withJson(
      command
        .option('--in <s3-uri>', 'list this input and read one object of it')
        .option('--out <s3-uri>', 'try conditional writes below this output')
        .option('--queue <url>', 'look at the SQS queue that an intake is to read', queueUrl)
        .option('--wake', 'check services whose front end holds a GPU, too'),
    ).action(action(io, doctor)),
};
