import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TileRecord } from '../../domain/record.ts';
import { NOTHING_HARVESTED, type RunManifest } from '../../domain/run.ts';
import { IGNORED_NONE } from '../../domain/tile.ts';
import { markup, visible, visibleLine } from '../../report/markup.ts';
import { reportPage } from '../../report/page.ts';
import { type Report, reportOf } from '../../report/report.ts';
import { Tally } from '../../report/tally.ts';
import { failedWith, recordOf, RUN, shipsOf } from './fixture.ts';

const MANIFEST: RunManifest = {
  schema_version: 1,
  run_id: 'harbours-1',
  dataset: 'harbours',
  state: 'complete',
  started_at: '2026-03-01T01:00:00.000Z',
  ended_at: '2026-03-01T03:05:00.000Z',
  inputs: 3,
  tasks: 2,
  expected: 6,
  ok: 4,
  failed: 2,
  skipped: 0,
  unfinished: 0,
  ignored: { ...IGNORED_NONE, zero_bytes: 1, sidecar: 2 },
  harvest: NOTHING_HARVESTED,
  window_ended: false,
  owed: null,
  index: [],
  missing: [],
  parts: [],
};

function reporting(records: readonly TileRecord[], over: Partial<RunManifest> = {}): Report {
  const tally = new Tally();
  for (const record of records) tally.add(record);
  return reportOf(RUN, { ...MANIFEST, ...over }, tally);
}

const RECORDS = [
  recordOf({ key: 'tiles/a.tif' }),
  shipsOf('tiles/a.tif'),
  recordOf({ key: 'tiles/b.tif', warnings: ['bands 1,2,3 of 4 were taken'] }),
  shipsOf('tiles/b.tif', failedWith('timeout', 'The job did not end within 900 s.')),
  recordOf({ key: 'tiles/c.tif', ...failedWith('decode_failed', 'The file ends too early.') }),
  shipsOf('tiles/c.tif', { attempts: 2 }),
];

const HOSTILE = [
  '<img src=x onerror=alert(1)>',
  '</style><script>alert(1)</script>',
  '" onmouseover="alert(1)',
  "'><svg/onload=alert(1)>",
  '&lt;b&gt;',
  '<!--',
];

/** Takes out what the page itself is made of, so that only what was put in remains. */
function tagsOf(page: string): string[] {
  return (page.match(/<[a-z!/][^>]*>/giu) ?? []).map((tag) =>
    tag
      .replace(/\s[^]*$|>$/u, '')
      .slice(1)
      .toLowerCase(),
  );
}

const OWN_TAGS = new Set(
  '!doctype html head meta title style body header h1 h2 h3 p span section ul li dl dt dd div i table tr th td b small article img footer'
    .split(' ')
    .flatMap((tag) => [tag, `/${tag}`]),
);

describe('the report page', () => {
  test('loads nothing and runs nothing', () => {
    const page = reportPage(reporting(RECORDS), new Map());
    expect(page).toContain(
      `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:" />`,
    );
    expect(page).not.toMatch(/<script|<link|<iframe|<a |@import|url\(|https?:|\son\w+=/iu);
  });

  test('says the totals, the sum and how long it took', () => {
    const page = reportPage(reporting(RECORDS), new Map()).replaceAll(/\s+/gu, ' ');
    expect(page).toContain('3 tiles × 2 tasks = 6 expected; 4 ok + 2 failed + 0 skipped + 0 unfinished');
    expect(page).toContain('took 2 h 5 min');
    expect(page).toContain('Not taken as input: 1 of zero bytes, 2 sidecars.');
  });

  test('shows every error code with what it means and an example', () => {
    const page = reportPage(reporting(RECORDS), new Map());
    for (const text of ['timeout', 'decode_failed', 's3://imagery/tiles/c.tif', 'The file ends too early.'])
      expect(page).toContain(text);
  });

  test('shows errors that say the same once, with their number and an example', () => {
    const late = ['b', 'a', 'c'].map((key) => shipsOf(key, failedWith('timeout', `Job fc-1${key} did not end.`)));
    const page = reportPage(reporting(late), new Map()).replaceAll(/\s+/gu, ' ');
    expect(page).toContain('<b>3 ×</b> Job &lt;id&gt; did not end. <span class="soft">vqa</span>');
    expect(page).toContain('for example: Job fc-1a did not end.');
    expect(page.match(/s3:\/\/imagery\/[abc]\b/gu)).toEqual(['s3://imagery/a']);
  });

  test('shows pictures as data only, next to the tile they are of', () => {
    const picture = { mime: 'image/jpeg', base64: 'AAAA' } as const;
    const page = reportPage(reporting(RECORDS), new Map([['s3://imagery/tiles/b.tif', picture]]));
    expect(page.match(/<img [^>]*>/gu)).toEqual(['<img alt="" src="data:image/jpeg;base64,AAAA">']);
  });

  test('says of a run whose window ended what it left, and who asks it', () => {
    const cut = reporting(RECORDS, { window_ended: true, unfinished: 335 });
    expect(cut).toMatchObject({ state: 'complete', window_ended: true });
    expect(reportPage(cut, new Map())).toContain('The window of this run ended before 335 tasks could be asked.');
    expect(reportPage(reporting(RECORDS), new Map())).not.toContain('class="notice');
  });

  test.each(['cancelled', 'failed'] as const)('says what a %s run means for its reader', (state) => {
    const page = reportPage(reporting(RECORDS, { state, missing: state === 'failed' ? ['imagery/x.tif#ships'] : [] }), new Map());
    expect(page).toContain(`class="notice ${state}"`);
    expect(page.includes('imagery/x.tif#ships')).toBe(state === 'failed');
  });

  test('is whole for a run without a single record', () => {
    const page = reportPage(reporting([], { inputs: 0, expected: 0, ok: 0, failed: 0 }), new Map());
    expect(page).toContain('0 tiles × 2 tasks = 0 expected');
    expect(page).not.toContain('NaN');
  });
});

describe('hostile text on the page', () => {
  test.each(HOSTILE)('%s is shown, not obeyed, wherever it stands', (text) => {
    const records = [
      recordOf({ key: text, text, warnings: [text] }),
      shipsOf(text, { text, value: text }),
      recordOf({ key: `x${text}`, service: text, model: text, ...failedWith('timeout', text) }),
    ];
    const page = reportPage(reporting(records, { run_id: text, dataset: text, state: 'failed', missing: [text] }), new Map());
    expect(tagsOf(page).filter((tag) => !OWN_TAGS.has(tag))).toEqual([]);
    expect(page.match(/<\/style>/gu)).toHaveLength(1);
    expect(page).not.toContain(`>${text}`);
  });

  test('of any kind adds no tag and no attribute', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const { text: made } = markup`<p title="${text}">${text}</p>`;
        expect(made).toMatch(/^<p title="[^"<>]*">[^<>]*<\/p>$/u);
      }),
    );
  });

  test('that turns or hides other text is spelled out', () => {
    expect(visible('photo\u202Egpj.exe')).toBe('photo[U+202E]gpj.exe');
    expect(visible('a\u0000\u001B[31m\u2066b\u{E0041}')).toBe('a[U+0000][U+001B][31m[U+2066]b[U+E0041]');
    expect(visibleLine('tiles/a\n\t\u200Db')).toBe('tiles/a[U+000A][U+0009][U+200D]b');
  });

  test('keeps its line breaks, and the scripts that need joiners', () => {
    expect(visible('one\ntwo\tthree')).toBe('one\ntwo\tthree');
    expect(visible('می\u200Cخواهم 👩\u200D🚀')).toBe('می\u200Cخواهم 👩\u200D🚀');
  });
});

describe('report.json', () => {
  test('has totals, tasks in the order of the spec, errors by count, services, warnings and jobs', () => {
    const report = reporting(RECORDS);
    expect(report).toMatchObject({ schema_version: 1, run_id: 'harbours-1', state: 'complete', wall_seconds: 7_500, jobs: 7 });
    expect(report.by_task.map(({ task_id, ok, failed }) => [task_id, ok, failed])).toEqual([
      ['caption', 2, 1],
      ['ships', 2, 1],
    ]);
    expect(report.errors.map(({ code, count, class: of }) => [code, count, of])).toEqual([
      ['decode_failed', 1, 'input'],
      ['timeout', 1, 'service'],
    ]);
    expect(report.errors.map(({ clusters }) => clusters)).toMatchObject([
      [{ service: null, count: 1, example: { uri: 's3://imagery/tiles/c.tif', message: 'The file ends too early.' } }],
      [{ service: 'vqa', count: 1, text: 'The job did not end within # s.' }],
    ]);
    expect(report.services.map(({ service, jobs, latency_ms }) => [service, jobs, latency_ms?.max])).toEqual([
      ['caption', 3, 6_000],
      ['vqa', 4, 900],
    ]);
    expect(report.warnings).toEqual([{ text: 'bands 1,2,3 of 4 were taken', count: 1 }]);
    expect(report.samples.map(({ uri, answers }) => [uri, answers.map(({ task_id }) => task_id)])).toEqual([
      ['s3://imagery/tiles/a.tif', ['caption', 'ships']],
      ['s3://imagery/tiles/b.tif', ['caption', 'ships']],
      ['s3://imagery/tiles/c.tif', ['caption', 'ships']],
    ]);
  });
});
