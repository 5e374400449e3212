import { describe, expect, it } from 'vitest';
import { dateOfNight, isNamedSpec, parseNamedSpec, specByName, specOfRun } from '../../schema/night.ts';
import { parseSpec } from '../../schema/spec.ts';
import { mistakes } from '../support/spec-mistakes.ts';

const SPEC = {
  dataset: 'harbours',
  input: { uri: 's3://imagery/{date-1:YYYY/MM/DD}/' },
  output: { uri: 's3://results/{date}/' },
  tasks: [{ id: 'caption', kind: 'caption' }],
  window: { timeZone: 'Asia/Kolkata', until: '06:00' },
};
/** 02:00 in Kolkata on the first of March, while it is still February in Greenwich. */
const NOMINAL = Date.parse('2026-02-28T20:30:00Z');

describe('the spec of a night', () => {
  it('has the dates of its own time in its time zone, its window ended, and the priority of a schedule', () => {
    const spec = parseSpec(specOfRun(SPEC, { nominalMs: NOMINAL, startedMs: NOMINAL + 5_000 }));
    expect(spec.input.uri).toBe('s3://imagery/2026/02/28/');
    expect(spec.output.uri).toBe('s3://results/2026-03-01/');
    expect(spec.priority).toBe('nightly');
    expect(spec.window).toEqual({ ...SPEC.window, endsAt: '2026-03-01T00:30:00.000Z' });
    expect(dateOfNight(SPEC, NOMINAL)).toBe('2026-03-01');
  });

  it('means the same prefix whenever the run begins, and is a backfill without a window a month later', () => {
    const late = parseSpec(specOfRun(SPEC, { nominalMs: NOMINAL, startedMs: NOMINAL + 30 * 86_400_000 }));
    expect(late.input.uri).toBe('s3://imagery/2026/02/28/');
    expect(late).toMatchObject({ priority: 'backfill', window: { timeZone: 'Asia/Kolkata' } });
    expect(late.window).not.toHaveProperty('endsAt');
  });

  it('has no window where it was told its moment the morning after', () => {
    const morning = { nominalMs: NOMINAL, startedMs: Date.parse('2026-03-01T03:00:00Z') };
    expect(specOfRun(SPEC, morning)).toMatchObject({ window: { endsAt: '2026-03-01T00:30:00.000Z' } });
    expect(specOfRun(SPEC, { ...morning, told: true })).toMatchObject({ window: { timeZone: 'Asia/Kolkata' } });
    expect(specOfRun(SPEC, { ...morning, told: true })).not.toHaveProperty('window.until');
    // A schedule whose priority is backfill frees the GPUs in time as well, also where it comes late.
    const humble = specOfRun({ ...SPEC, priority: 'backfill' }, morning);
    expect(humble).toMatchObject({ priority: 'backfill', window: { endsAt: '2026-03-01T00:30:00.000Z' } });
  });

  it('keeps the priority that it names', () => {
    const spec = specOfRun({ ...SPEC, priority: 'interactive' }, { nominalMs: NOMINAL, startedMs: NOMINAL });
    expect(parseSpec(spec).priority).toBe('interactive');
  });

  it('is refused where a date is missing, or no date at all, by the name of the field', () => {
    expect(mistakes(specOfRun(SPEC, { nominalMs: null, startedMs: NOMINAL }))).toEqual([
      'input.uri: "s3://imagery/{date-1:YYYY/MM/DD}/" needs a date; start it by a schedule, with --date YYYY-MM-DD, or with "at" beside "spec"',
      'output.uri: "s3://results/{date}/" needs a date; start it by a schedule, with --date YYYY-MM-DD, or with "at" beside "spec"',
    ]);
    const bad = { ...SPEC, output: { uri: 's3://results/{date:YY}/{date}/{dates}/' } };
    expect(mistakes(specOfRun(bad, { nominalMs: NOMINAL, startedMs: NOMINAL }))).toEqual([
      'output.uri: {date:YY} is no date; expected {date}, {date-1}, {date+1} or {date:YYYY/MM/DD} of YYYY, MM and DD',
      'output.uri: {dates} is no date; expected {date}, {date-1}, {date+1} or {date:YYYY/MM/DD} of YYYY, MM and DD',
    ]);
  });

  it.each(['{Date}', '{yesterday}', '{date:YYYY}/{mm}', '{dat}/{date}', '{ date }'])(
    'is refused where %s in an address is meant to be a date and is none',
    (text) => {
      const meant = { ...SPEC, input: { uri: `s3://imagery/${text}/` } };
      const template = text.replace(/\/?\{date(:YYYY)?\}\/?/u, '');
      expect(() => specOfRun(meant, { nominalMs: NOMINAL, startedMs: NOMINAL })).toThrow(
        `input.uri: ${template} is no date; expected {date}, {date-1}, {date+1} or {date:YYYY/MM/DD} of YYYY, MM and DD`,
      );
    },
  );

  it('has dates in its addresses alone: elsewhere nobody would fill them in', () => {
    const meant = {
      ...SPEC,
      taks: 1,
      input: { ...SPEC.input, include: ['*.tif', '{date}/*'], exclude: ['{date-1:YYYYMMDD}*'] },
      tasks: [
        { id: 'caption', kind: 'caption', prompt: 'What was seen on {date}?' },
        { id: 'ships', kind: 'vqa', question: 'More than on {date-1}? Answer as {date, ships}.' },
      ],
    };
    const told = (template: string): string =>
      `${template} would stay as it is: a day stands in input.uri and output.uri alone; write it there, or leave it out`;
    expect(() => specOfRun(meant, { nominalMs: NOMINAL, startedMs: NOMINAL })).toThrow(
      [
        'The run spec has 5 mistakes:',
        '  taks: unknown field; did you mean tasks?',
        `  input.include[1]: ${told('{date}')}`,
        `  input.exclude[0]: ${told('{date-1:YYYYMMDD}')}`,
        `  tasks[0].prompt: ${told('{date}')}`,
        `  tasks[1].question: ${told('{date-1}')}`,
      ].join('\n'),
    );
  });

  it('may have braces in its keys where no day is told', () => {
    const plain = { ...SPEC, input: { uri: 's3://imagery/{tiles}/' }, output: { uri: 's3://results/{Date}/' } };
    const spec = parseSpec(specOfRun(plain, { nominalMs: null, startedMs: NOMINAL }));
    expect([spec.input.uri, spec.output.uri]).toEqual(['s3://imagery/{tiles}/', 's3://results/{Date}/']);
  });

  it('has its mistakes told together with those of its dates, whoever tells its date', () => {
    const wrong = { ...SPEC, dataset: 'Night ly', inpt: {}, tasks: [], output: { uri: 's3://results/{date:YYYY/QQ}/' } };
    const told = [
      expect.stringMatching(/^dataset: "Night ly"; expected/u) as string,
      expect.stringMatching(/^tasks: \[\]; expected/u) as string,
      'inpt: unknown field; did you mean input?',
      expect.stringMatching(/^output\.uri: \{date:YYYY\/QQ\} is no date; expected/u) as string,
    ];
    expect(mistakes(specOfRun(wrong, { nominalMs: NOMINAL, startedMs: NOMINAL }))).toEqual(told);
    expect(mistakes(specOfRun(wrong, { nominalMs: null, startedMs: NOMINAL }))).toEqual([
      ...told,
      expect.stringMatching(/^input\.uri: .* needs a date/u) as string,
    ]);
  });

  it('without dates has the window of the night in which it is started', () => {
    const plain = { ...SPEC, input: { uri: 's3://imagery/' }, output: { uri: 's3://results/' } };
    const spec = parseSpec(specOfRun(plain, { nominalMs: null, startedMs: NOMINAL }));
    expect(spec).toMatchObject({ priority: 'interactive', window: { endsAt: '2026-03-01T00:30:00.000Z' } });
  });

  it.each([
    [{ until: '6am' }, /window\.until.*HH:MM/su],
    [{ timeZone: 'Mars/Olympus' }, /window\.timeZone.*Asia\/Kolkata/su],
    [{ endsAt: 'tomorrow' }, /window\.endsAt.*ISO 8601/su],
    [{ endsAt: '2026-02-30T06:00:00Z' }, /window\.endsAt.*on a day that there is/su],
    [{ untill: '06:00' }, /window\.untill.*until/su],
  ])('refuses a window of %j', (window, message) => {
    expect(() => parseSpec(specOfRun({ ...SPEC, window }, { nominalMs: NOMINAL, startedMs: NOMINAL }))).toThrow(message);
  });
});

describe('a spec that is only named', () => {
  it('is told from a spec by its fields, and decides window and priority', () => {
    const named = { spec: 's3://ops/nightly.json', window: { until: '05:30' }, priority: 'backfill' };
    expect(isNamedSpec(named)).toBe(true);
    expect(isNamedSpec(SPEC)).toBe(false);
    expect(isNamedSpec({ ...SPEC, spec: 's3://ops/nightly.json' })).toBe(false);
    const spec = specByName(parseNamedSpec(named), SPEC);
    expect(spec).toMatchObject({
      dataset: 'harbours',
      priority: 'backfill',
      window: { until: '05:30', timeZone: 'Asia/Kolkata' },
    });
  });

  it('has the window of its name over that of the spec, field by field', () => {
    const named = (window: object) => parseNamedSpec({ spec: 's3://ops/nightly.json', window });
    expect(specByName(named({ timeZone: 'UTC' }), SPEC)).toMatchObject({ window: { timeZone: 'UTC', until: '06:00' } });
    const { window: _window, ...plain } = SPEC;
    expect(specByName(named({ timeZone: 'UTC' }), plain)).toMatchObject({ window: { timeZone: 'UTC' } });
  });

  it('names what is wrong with its name', () => {
    expect(() => parseNamedSpec({ spec: 'nightly.json' })).toThrow(/spec.*s3:\/\/bucket\/key/su);
    expect([5, null].every((spec) => isNamedSpec({ spec }))).toBe(true);
    expect(() => parseNamedSpec({ spec: 5 })).toThrow(/ has 1 mistake:\n {2}spec: 5; expected s3:\/\/bucket\/key of a spec$/u);
    expect(() => parseNamedSpec({ spec: 's3://ops/nightly.json', at: 'midnight' })).toThrow(/at.*ISO 8601/su);
    expect(() => parseNamedSpec({ spec: 's3://ops/nightly.json', at: '2026-02-30T20:30:00Z' })).toThrow(
      /at.*on a day that there is/su,
    );
    expect(() => parseNamedSpec({ spec: 's3://ops/nightly.json', untill: '' })).toThrow(/untill/u);
  });
});
