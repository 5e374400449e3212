import { pino, type DestinationStream, type Logger, type LoggerOptions } from 'pino';
import { redact, secretSpellings } from '../domain/redaction.ts';

export interface LogSettings {
  readonly level: LoggerOptions['level'] & string;
  /** Facts that every line carries, the role of a worker for one. */
  readonly bindings?: Readonly<Record<string, unknown>>;
  /** Values that must not be written. */
  readonly secrets?: readonly string[];
  /** Default: standard output. */
  readonly destination?: { write(line: string): unknown };
}

/**
 * Lines of JSON. A message is a name, facts are fields: `log.info({ run, range, ok: 198 }, 'Range:Merged')`.
 * Secrets and data URIs are taken out of the finished line, wherever in it they stand.
 */
export function createLogger(settings: LogSettings): Logger {
  const secrets = secretSpellings(settings.secrets ?? []);
  const out = settings.destination ?? process.stdout;
  const destination: DestinationStream = { write: (line) => void out.write(redact(line, secrets)) };
  const options: LoggerOptions = {
    level: settings.level,
    base: { ...settings.bindings },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
  };
  return pino(options, destination);
}
