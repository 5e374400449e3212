import { describe, expect, it } from 'vitest';
import { createLogger } from '../../adapters/log.ts';

function logged(write: (log: ReturnType<typeof createLogger>) => void): Record<string, unknown>[] {
  const lines: string[] = [];
  write(
    createLogger({
      level: 'info',
      bindings: { role: 'io' },
      secrets: ['sk-very-secret'],
      destination: { write: (line) => lines.push(line) },
    }),
  );
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('a log line', () => {
  it('is JSON with a name as its message and facts as fields', () => {
    const [line] = logged((log) => log.info({ run: 'harbours-1', range: 3, ok: 198 }, 'Range:Merged'));
    expect(line).toMatchObject({ level: 'info', role: 'io', run: 'harbours-1', range: 3, ok: 198, msg: 'Range:Merged' });
    expect(Date.parse(String(line?.['time']))).not.toBeNaN();
  });

  it('is not written below its level', () => {
    expect(logged((log) => log.debug('Poll:Sent'))).toEqual([]);
  });

  it('holds no secret and no picture, wherever they came from', () => {
    const lines = logged((log) => {
      log.error(
        { err: new Error('refused sk-very-secret'), body: { url: 'data:image/png;base64,iVBORw0KGgo=' } },
        'Submit:Failed',
      );
    });
    const text = JSON.stringify(lines);
    expect(text).not.toContain('sk-very-secret');
    expect(text).not.toContain('iVBORw0KGgo');
    expect(lines[0]).toMatchObject({ msg: 'Submit:Failed', body: { url: '[data URI]' } });
  });
});
