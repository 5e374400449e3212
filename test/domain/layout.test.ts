import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inRun, parseLogKey, parseS3Uri, PATHS, rangeOfPart, runIdOfFolder, runPlace, s3Uri } from '../../domain/layout.ts';

describe('an S3 address', () => {
  it.each([
    ['s3://bucket/a/b.tif', 'bucket', 'a/b.tif'],
    ['s3://bucket', 'bucket', ''],
    ['s3://bucket/', 'bucket', ''],
    ['s3://bucket//a', 'bucket', '/a'],
    ['s3://bucket/a//b/', 'bucket', 'a//b/'],
    ['s3://bucket/../x?y=1#z%20', 'bucket', '../x?y=1#z%20'],
    ['s3://bucket/a\nb', 'bucket', 'a\nb'],
    ['s3://bucket/é s3://other/x', 'bucket', 'é s3://other/x'],
  ])('%j is bucket %s and key %j', (uri, bucket, key) => {
    expect(parseS3Uri(uri)).toEqual({ bucket, key });
  });

  it.each([
    '',
    'bucket/key',
    's3:/bucket/key',
    's3:///key',
    's3://',
    'https://bucket/key',
    'S3://bucket/key',
    ' s3://bucket/key',
  ])('%j is none', (uri) => {
    expect(parseS3Uri(uri)).toBeNull();
  });

  it('is read back as it was written, whatever the key', () => {
    const bucket = fc.stringMatching(/^[a-z0-9][a-z0-9.-]{1,20}$/u);
    fc.assert(
      fc.property(bucket, fc.string({ unit: 'binary' }), (name, key) => {
        expect(parseS3Uri(s3Uri({ bucket: name, key }))).toEqual({ bucket: name, key });
      }),
    );
  });
});

describe('where a run is', () => {
  it('is below the output, by its id', () => {
    const place = runPlace('s3://results/harbours/', 'harbours-1');
    expect(place).toEqual({ bucket: 'results', prefix: 'harbours/run=harbours-1/' });
    expect(inRun(place, PATHS.success)).toEqual({ bucket: 'results', key: 'harbours/run=harbours-1/_SUCCESS' });
    expect(runPlace('s3://results/', 'x').prefix).toBe('run=x/');
  });

  it('is an error that names the address where that is none', () => {
    expect(() => runPlace('results', 'x')).toThrow('not an S3 address: "results"');
  });
});

describe('the paths of a run', () => {
  it('are those of the contract', () => {
    expect([PATHS.run, PATHS.manifest, PATHS.reportJson, PATHS.reportHtml, PATHS.success]).toEqual([
      'run.json',
      'manifest.json',
      'report.json',
      'report.html',
      '_SUCCESS',
    ]);
    expect([PATHS.manifestPart(0), PATHS.recordPart('caption', 12), PATHS.recordPart('vqa', 3), PATHS.errorPart(99_999)]).toEqual(
      ['manifest/part-00000.jsonl', 'captions/part-00012.jsonl', 'answers/part-00003.jsonl', 'errors/part-99999.jsonl'],
    );
  });

  it('are below _work/ for all the rest', () => {
    const paths = [
      PATHS.frozen,
      PATHS.listed(1),
      PATHS.probe('x'),
      PATHS.merged(1),
      PATHS.strandLog('vqa', 0),
      PATHS.logObject('vqa', 0, 1),
    ];
    for (const path of paths) expect(path.startsWith('_work/')).toBe(true);
  });

  it('of a log can be read back', () => {
    const n = fc.integer({ min: 1, max: 99_999_999 });
    fc.assert(
      fc.property(n, fc.nat({ max: 500 }), fc.nat({ max: 7 }), (at, k, strand) => {
        expect(parseLogKey(`out/run=x/${PATHS.logObject('caption', strand, at)}`)).toEqual({ n: at, k: null });
        expect(parseLogKey(`out/run=x/${PATHS.callsObject({ lane: 'caption', strand, n: at, k })}`)).toEqual({ n: at, k });
      }),
    );
  });

  it('of a log sort by n, and its calls stand right behind their intents', () => {
    const keys = [
      PATHS.logObject('a', 0, 2),
      PATHS.logObject('a', 0, 10),
      PATHS.callsObject({ lane: 'a', strand: 0, n: 2, k: 1 }),
      PATHS.callsObject({ lane: 'a', strand: 0, n: 2, k: 0 }),
    ];
    expect(keys.toSorted().map((key) => parseLogKey(key)?.n)).toEqual([2, 2, 2, 10]);
    for (const key of keys) expect(key.startsWith(PATHS.strandLog('a', 0))).toBe(true);
  });

  it('of anything else are no log objects', () => {
    for (const key of [
      '_work/frozen.json',
      '_work/a/0/1.jsonl',
      '_work/a/0/00000001.calls.jsonl',
      'manifest/part-00000.jsonl',
      '',
    ]) {
      expect(parseLogKey(key)).toBeNull();
    }
  });
});

describe('the range of a part', () => {
  it('is told by its name, however many there are', () => {
    for (const range of [0, 7, 99_999, 100_000]) {
      for (const path of [PATHS.recordPart('caption', range), PATHS.errorPart(range), PATHS.manifestPart(range)])
        expect(rangeOfPart(path)).toBe(range);
    }
    for (const path of [PATHS.manifest, PATHS.listed(3), 'part-00001.jsonl']) expect(rangeOfPart(path)).toBeNull();
  });
});

describe('the folder of a run', () => {
  it.each([
    ['out/run=a-1/', 'a-1'],
    ['run=x=y/', 'x=y'],
    ['out/run=a/b/', null],
    ['out/run=a', null],
    ['out/other/', null],
  ])('%s is that of %j', (key, runId) => {
    expect(runIdOfFolder(key)).toBe(runId);
  });
});
