import { describe, expect, it } from 'vitest';
import { readSettings } from '../../schema/settings.ts';

describe('settings', () => {
  it('have defaults, and an empty variable is one that is not set', () => {
    const defaults = {
      servicesFile: null,
      gpus: null,
      sliceSeconds: null,
      historyEvents: 2_000,
      unreachableSeconds: 600,
      renderThreads: 2,
      healthPort: null,
      logLevel: 'info',
      killAt: null,
    };
    expect(readSettings({}, 2)).toEqual(defaults);
    expect(readSettings({ TILESCRIBE_GPUS: '', TILESCRIBE_KILL_AT: ' ', PATH: '/bin' }, 2)).toEqual(defaults);
    expect(readSettings({}, 64).renderThreads).toBe(4);
    expect(readSettings({}, 0).renderThreads).toBe(1);
  });

  it('are what the environment says', () => {
    const environment = {
      TILESCRIBE_SERVICES: 'services.json',
      TILESCRIBE_GPUS: '3',
      TILESCRIBE_SLICE_SECONDS: '0',
      TILESCRIBE_HISTORY_EVENTS: '60',
      TILESCRIBE_UNREACHABLE_SECONDS: '5',
      TILESCRIBE_RENDER_THREADS: '8',
      TILESCRIBE_HEALTH_PORT: '9465',
      TILESCRIBE_LOG_LEVEL: 'debug',
      TILESCRIBE_KILL_AT: 'after-call-id:3',
    };
    expect(readSettings(environment, 2)).toEqual({
      servicesFile: 'services.json',
      gpus: 3,
      sliceSeconds: 0,
      historyEvents: 60,
      unreachableSeconds: 5,
      renderThreads: 8,
      healthPort: 9465,
      logLevel: 'debug',
      killAt: 'after-call-id:3',
    });
  });

  it('tell every mistake, unknown names too', () => {
    const environment = {
      TILESCRIBE_GPU: '2',
      TILESCRIBE_SLICE_SECONDS: '301',
      TILESCRIBE_RENDER_THREADS: '0x4',
      TILESCRIBE_LOG_LEVEL: 'INFO',
      TILESCRIBE_UNREACHABLE_SECONDS: '1.5',
    };
    expect(() => readSettings(environment, 2)).toThrow(
      [
        'The environment has 5 mistakes:',
        '  TILESCRIBE_SLICE_SECONDS: "301"; expected a whole number from 0 to 300',
        '  TILESCRIBE_UNREACHABLE_SECONDS: "1.5"; expected a whole number from 1 to 86400',
        '  TILESCRIBE_RENDER_THREADS: "0x4"; expected a whole number from 1 to 64',
        '  TILESCRIBE_LOG_LEVEL: "INFO"; expected one of trace, debug, info, warn, error, fatal, silent (did you mean info?)',
        '  TILESCRIBE_GPU: unknown variable; did you mean TILESCRIBE_GPUS?',
      ].join('\n'),
    );
  });
});
