import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CLUSTER_BYTES,
  type Cluster,
  clusterOf,
  type Failing,
  joinedClusters,
  MOST_CLUSTERS,
  mostFrequent,
  OTHERS,
  travelling,
  withCluster,
} from '../../domain/clusters.ts';
import { type ErrorCode, ERRORS } from '../../domain/errors.ts';

const CODES = Object.keys(ERRORS) as ErrorCode[];

function failing(more: Partial<Failing> = {}): Failing {
  return { service: 'caption', code: 'model_error', message: 'out of memory', uri: 's3://b/a.tif', ...more };
}

function clustered(all: readonly Failing[]): readonly Cluster[] {
  return all.map(clusterOf).reduce<readonly Cluster[]>(withCluster, []);
}

function countsBy(all: readonly { readonly code: string; readonly count: number }[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { code, count } of all) sums[code] = (sums[code] ?? 0) + count;
  return sums;
}

const anyFailing = fc.record({
  service: fc.constantFrom('caption', 'vqa', 'ocr', 'segment'),
  code: fc.constantFrom(...CODES),
  message: fc.option(fc.oneof(fc.lorem({ maxCount: 6 }), fc.string({ unit: 'binary' }), fc.constant(OTHERS)), { nil: null }),
  uri: fc.webUrl(),
});

describe('clusters of errors', () => {
  it('are never more than 20, and lose no count of any code, whatever is said', () => {
    fc.assert(
      fc.property(fc.array(anyFailing, { maxLength: 400 }), (all) => {
        const clusters = clustered(all);
        expect(clusters.length).toBeLessThanOrEqual(MOST_CLUSTERS);
        expect(countsBy(clusters)).toEqual(countsBy(all.map(({ code }) => ({ code, count: 1 }))));
      }),
      { numRuns: 40 },
    );
  });

  it('of several strands together are never more than 20 either', () => {
    fc.assert(
      fc.property(fc.array(fc.array(anyFailing, { maxLength: 60 }), { maxLength: 8 }), (strands) => {
        const clusters = joinedClusters(strands.map(clustered));
        expect(clusters.length).toBeLessThanOrEqual(MOST_CLUSTERS);
        expect(countsBy(clusters)).toEqual(countsBy(strands.flat().map(({ code }) => ({ code, count: 1 }))));
      }),
      { numRuns: 20 },
    );
  });

  it('are the same in whatever order different errors came', () => {
    const kinds = ['out of memory on GPU 3', 'the picture "x" is too dark', 'token 17 overflows', 'weights are missing'];
    const some = fc.array(fc.tuple(fc.constantFrom(...kinds), fc.nat()), { maxLength: 60 });
    fc.assert(
      fc.property(some, fc.nat(), (errors, turn) => {
        const all = errors.map(([message, n]) => failing({ message: message.replace(/\d+/u, String(n)), uri: `s3://b/${n}` }));
        const cut = turn % Math.max(1, all.length);
        const turned = [...all.slice(cut), ...all.slice(0, cut)];
        const figures = (clusters: readonly Cluster[]) =>
          mostFrequent(clusters).map(({ text, count, example }) => [text, count, example.uri]);
        expect(figures(clustered(turned))).toEqual(figures(clustered(all)));
      }),
    );
  });

  it('take errors that are said in nearly the same words for one', () => {
    const words = ['loading', 'reading', 'moving', 'copying'];
    const clusters = clustered(
      words.map((word) => failing({ message: `CUDA ran out of memory while ${word} the model weights` })),
    );
    expect(clusters).toMatchObject([{ count: 4, text: 'CUDA ran out of memory while loading the model weights' }]);
  });

  it('tell services and codes apart, but not whose tile it was', () => {
    const clusters = clustered([
      failing(),
      failing({ service: 'vqa' }),
      failing({ code: 'bad_response' }),
      failing({ code: 'decode_failed', message: 'cut off' }),
      failing({ code: 'decode_failed', message: 'cut off', service: 'vqa' }),
    ]);
    expect(clusters.map(({ service, code, count }) => [service, code, count])).toEqual([
      ['caption', 'model_error', 1],
      ['vqa', 'model_error', 1],
      ['caption', 'bad_response', 1],
      [null, 'decode_failed', 2],
    ]);
  });

  it('show an error that begins late and goes on, however many came before', () => {
    const letters = 'abcdefghijklmnopqrstuvwxyz';
    const noise = Array.from(letters, (letter) => failing({ message: `${letter.repeat(5)} ${letter.repeat(7)}` }));
    const late = Array.from({ length: 30 }, () => failing({ message: 'the disk is full' }));
    const [first, second] = mostFrequent(clustered([...noise, ...late]));
    expect([first, second]).toMatchObject([
      { text: 'the disk is full', count: 30 },
      { text: OTHERS, count: 8 },
    ]);
  });

  it('hold an example that no terminal obeys, without pictures', () => {
    const message = `\u001B[2Jno\u202E data:image/png;base64,AAAA ${'Q'.repeat(500)}`;
    const [cluster] = clustered([failing({ message, uri: 's3://b/\u0007x\ny' })]);
    expect(cluster?.example).toEqual({ uri: 's3://b/ x y', message: 'no [data URI] [...]' });
  });

  it('name the tile that comes first, whoever failed first', () => {
    const uris = ['s3://b/c', 's3://b/a', 's3://b/b'];
    expect(clustered(uris.map((uri) => failing({ uri })))[0]?.example.uri).toBe('s3://b/a');
  });
});

describe('clusters that travel', () => {
  it('take no more bytes than they may, the most frequent first', () => {
    fc.assert(
      fc.property(fc.array(anyFailing, { maxLength: 100 }), fc.nat({ max: 6_000 }), (all, bytes) => {
        const clusters = clustered(all);
        const sent = travelling(clusters, bytes);
        expect(Buffer.byteLength(JSON.stringify(sent))).toBeLessThanOrEqual(Math.max(2, bytes));
        expect(sent.length).toBeLessThanOrEqual(clusters.length);
      }),
    );
  });

  it('are at least a few also where everything is as long as it can be', () => {
    const letters = 'abcdefghij';
    const long = Array.from(letters, (letter) =>
      failing({ message: `${letter.repeat(30)} `.repeat(9), uri: `s3://${letter.repeat(1_200)}` }),
    );
    const sent = travelling(clustered(long));
    expect(sent.length).toBeGreaterThanOrEqual(5);
    expect(JSON.stringify(sent).length).toBeLessThanOrEqual(CLUSTER_BYTES);
  });

  it('put what is no error last', () => {
    const empty = Array.from({ length: 9 }, () => failing({ code: 'empty_tile', message: 'nothing valid' }));
    expect(mostFrequent(clustered([...empty, failing()])).map(({ code }) => code)).toEqual(['model_error', 'empty_tile']);
  });
});
