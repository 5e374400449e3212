import type { LOG_LEVELS } from './setting.ts';
import { SETTINGS } from './setting.ts';
import { variable, type Environment } from './environment.ts';
import { check, refuseMistakes } from './mistake.ts';

/** What the `TILESCRIBE_*` variables say; null where one is not set and nothing else stands for it. */
export interface Settings {
  readonly servicesFile: string | null;
  readonly gpus: number | null;
  /** Null is automatic. */
  readonly sliceSeconds: number | null;
  readonly historyEvents: number;
  readonly unreachableSeconds: number;
  readonly renderThreads: number;
  /** 0 is any free port. */
  readonly healthPort: number | null;
  readonly logLevel: (typeof LOG_LEVELS)[number];
  /** `<point>` or `<point>:<n>`. */
  readonly killAt: string | null;
}

const PREFIX = 'TILESCRIBE_';
const UNREACHABLE_SECONDS = 600;
const HISTORY_EVENTS = 2_000;
const MOST_RENDER_THREADS = 4;

function written(environment: Environment): Record<string, string> {
  const names = Object.keys(environment).filter((name) => name.startsWith(PREFIX));
  return Object.fromEntries(
    names.flatMap((name) => {
      const text = variable(environment, name);
      return text === null ? [] : [[name, text]];
    }),
  );
}

/**
 * @param cores of this machine.
 * @throws Failure `InvalidConfiguration` that lists every mistake, also every `TILESCRIBE_*` variable nobody knows.
 */
export function readSettings(environment: Environment, cores: number): Settings {
  const { value, mistakes } = check(SETTINGS, written(environment));
  refuseMistakes(mistakes, { kind: 'InvalidConfiguration', what: 'The environment' });
  return {
    servicesFile: value?.TILESCRIBE_SERVICES ?? null,
    gpus: value?.TILESCRIBE_GPUS ?? null,
    sliceSeconds: value?.TILESCRIBE_SLICE_SECONDS ?? null,
    historyEvents: value?.TILESCRIBE_HISTORY_EVENTS ?? HISTORY_EVENTS,
    unreachableSeconds: value?.TILESCRIBE_UNREACHABLE_SECONDS ?? UNREACHABLE_SECONDS,
    renderThreads: value?.TILESCRIBE_RENDER_THREADS ?? Math.max(1, Math.min(cores, MOST_RENDER_THREADS)),
    healthPort: value?.TILESCRIBE_HEALTH_PORT ?? null,
    logLevel: value?.TILESCRIBE_LOG_LEVEL ?? 'info',
    killAt: value?.TILESCRIBE_KILL_AT ?? null,
  };
}
