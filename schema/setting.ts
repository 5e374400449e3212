import { z } from 'zod';
import { oneOf, realNumber, strictFields, wholeNumber } from './field.ts';

const NUMBER_TEXT = /^\d+(\.\d+)?$/u;
const numberOf = (text: string): number => (NUMBER_TEXT.test(text) ? Number(text) : Number.NaN);

/** A variable that holds a number: digits, and perhaps a point and more digits. */
function numberText(field: z.ZodType<number, number>): z.ZodType<number, string> {
  return z.string().transform(numberOf).pipe(field).meta({ expected: field.meta()?.['expected'] });
}

/** Deadline of one HTTP request. */
export const REQUEST_SECONDS = realNumber({ low: 0.1, high: 3600 });
export const REQUEST_SECONDS_TEXT = numberText(REQUEST_SECONDS);
export const GPUS = wholeNumber({ low: 1, high: 1024 });
export const GPUS_TEXT = numberText(GPUS);
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

const PATH_TEXT = z.string().meta({ expected: 'a path' });
const POINT_TEXT = z.string().meta({ expected: 'a point' });

/** @param fallback what applies where the variable is not set, in words. */
function setting<T extends z.ZodType>(from: T, fallback: string, meaning: string) {
  return from.exactOptional().meta({ fallback, meaning });
}

/** Every `TILESCRIBE_*` variable; docs/configuration.md is made from this table. */
export const SETTINGS = strictFields(
  {
    TILESCRIBE_SERVICES: setting(PATH_TEXT, 'none', 'the services file (below)'),
    TILESCRIBE_GPUS: setting(GPUS_TEXT, 'the services file, else 2', 'the cap in GPUs'),
    TILESCRIBE_SLICE_SECONDS: setting(
      numberText(wholeNumber({ low: 0, high: 300 })),
      'automatic: 15 to 120, by the rate of the lane',
      'how long one slice of work lasts; 0 is one pass and then always a durable timer',
    ),
    TILESCRIBE_HISTORY_EVENTS: setting(
      numberText(wholeNumber({ low: 50, high: 10_000 })),
      '2000',
      'a workflow continues as new near this many events: replaying more would take seconds',
    ),
    TILESCRIBE_UNREACHABLE_SECONDS: setting(
      numberText(wholeNumber({ low: 1, high: 86_400 })),
      '600',
      'how long a service may be unreachable before its lane halts',
    ),
    TILESCRIBE_RENDER_THREADS: setting(
      numberText(wholeNumber({ low: 1, high: 64 })),
      'the number of cores, at most 4',
      'threads of a worker that prepare tiles',
    ),
    TILESCRIBE_HEALTH_PORT: setting(
      numberText(wholeNumber({ low: 0, high: 65_535 })),
      'none',
      'port where a worker answers `GET /health`; 0 is any that is free',
    ),
    TILESCRIBE_LOG_LEVEL: setting(oneOf(LOG_LEVELS), 'info', 'the least important messages that are logged'),
    TILESCRIBE_KILL_AT: setting(POINT_TEXT, 'none', 'for fault tests: `<point>` or `<point>:<n>`, where a worker kills itself'),
  },
  {},
  'variable',
);
