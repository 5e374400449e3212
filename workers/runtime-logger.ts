import type { Logger as TemporalLogger, LogLevel, LogMetadata } from '@temporalio/worker';
import type { Logger } from 'pino';

const LEVELS = { TRACE: 'trace', DEBUG: 'debug', INFO: 'debug', WARN: 'warn', ERROR: 'error' } as const satisfies Record<
  LogLevel,
  string
>;

/** A worker of one role says this of what other roles do. */
const ROLE_NOISE = /^No (activities|workflows) registered/u;

/** Temporal's own messages as lines of ours; what it calls information is noise to an operator. */
export function runtimeLogger(log: Logger): TemporalLogger {
  const write = (level: LogLevel, message: string, meta?: LogMetadata): void =>
    log[ROLE_NOISE.test(message) ? 'debug' : LEVELS[level]](
      { ...meta, error: String(meta?.['error'] ?? '') },
      `Temporal: ${message}`,
    );
  return {
    log: write,
    trace: (message, meta) => write('TRACE', message, meta),
    debug: (message, meta) => write('DEBUG', message, meta),
    info: (message, meta) => write('INFO', message, meta),
    warn: (message, meta) => write('WARN', message, meta),
    error: (message, meta) => write('ERROR', message, meta),
  };
}
