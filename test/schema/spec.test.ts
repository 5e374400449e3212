import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Configuration } from '../../domain/service.ts';
import { SPEC_MAX_BYTES } from '../../domain/spec.ts';
import { readConfiguration } from '../../schema/configuration.ts';
import { specOfRun } from '../../schema/night.ts';
import { parseSpec, requireServices, specDocument } from '../../schema/spec.ts';
import { anySpec } from '../support/spec-arbitrary.ts';
import { CAPTION, MINIMAL, mistakes, withTasks } from '../support/spec-mistakes.ts';

describe('a spec', () => {
  it('gets every default filled in', () => {
    const vqa = { id: 'ships', kind: 'vqa', question: 'How many ships?' };
    expect(parseSpec({ ...MINIMAL, tasks: [CAPTION, vqa] })).toEqual({
      dataset: 'harbours',
      input: { uri: 's3://imagery/tiles/', requestPayer: false },
      output: { uri: 's3://results/harbours/' },
      tasks: [
        {
          id: 'caption',
          kind: 'caption',
          prompt: 'Describe this satellite image in detail.',
          maxTokens: 512,
          temperature: 0.7,
          answer: null,
          service: 'caption',
        },
        {
          id: 'ships',
          kind: 'vqa',
          prompt: 'How many ships?',
          maxTokens: 128,
          temperature: 0,
          answer: { type: 'text' },
          service: 'vqa',
        },
      ],
      image: { maxSide: 1024, format: 'jpeg', quality: 85, minValidFraction: 0.05 },
      priority: 'interactive',
      failures: { maxPercent: 20 },
    });
  });

  it('comes back from the document that run.json holds', () => {
    fc.assert(
      fc.property(anySpec, (spec) => {
        const document = specDocument(spec);
        fc.pre(JSON.stringify(document).length < SPEC_MAX_BYTES / 4);
        expect(parseSpec(document)).toEqual(spec);
        expect(parseSpec(JSON.parse(JSON.stringify(document)))).toEqual(spec);
      }),
    );
  });

  it('has the question of a vqa task under its own name in the document', () => {
    const spec = parseSpec(withTasks({ id: 'ships', kind: 'vqa', question: 'How many ships?' }));
    expect(specDocument(spec)).toMatchObject({ tasks: [{ question: 'How many ships?' }] });
    expect(JSON.stringify(specDocument(spec))).not.toContain('prompt');
  });

  it.each(readdirSync(new URL('../../examples', import.meta.url)).filter((name) => name.endsWith('.json')))(
    'is right in examples/%s',
    (name) => {
      const text = readFileSync(new URL(`../../examples/${name}`, import.meta.url), 'utf8');
      const night = { nominalMs: Date.parse('2026-03-01T00:00:00Z'), startedMs: Date.parse('2026-03-01T00:00:00Z') };
      expect(mistakes(specOfRun(JSON.parse(text), night))).toEqual([]);
    },
  );
});

describe('addresses', () => {
  it.each([
    ['s3://imagery/tiles', 's3://imagery/tiles/'],
    ['s3://imagery/tiles/', 's3://imagery/tiles/'],
    ['s3://imagery', 's3://imagery/'],
    ['s3://imagery/lists/today.jsonl', 's3://imagery/lists/today.jsonl'],
  ])('input %s is %s', (uri, inside) => {
    expect(parseSpec({ ...MINIMAL, input: { uri } }).input.uri).toBe(inside);
  });

  it('of the output get the slash at their end', () => {
    expect(parseSpec({ ...MINIMAL, output: { uri: 's3://results/a' } }).output.uri).toBe('s3://results/a/');
  });

  it.each([
    ['s3://b-1/tiles/', 's3://b-1/tiles'],
    ['s3://b-1/tiles', 's3://b-1/tiles/out/'],
    ['s3://b-1', 's3://b-1/out/'],
  ])('refuse that tiles of %s get results in %s', (input, output) => {
    const [line] = mistakes({ ...MINIMAL, input: { uri: input }, output: { uri: output } });
    expect(line).toBe(`output.uri: "${output}" lies inside input.uri "${input}"; expected a prefix outside of it`);
  });

  it.each([
    ['s3://b-1/tiles/', 's3://b-1/tiles-out/'],
    ['s3://b-1/tiles/', 's3://b-2/tiles/'],
    ['s3://b-1/results/tiles/', 's3://b-1/results/'],
    ['s3://b-1/lists/a.jsonl', 's3://b-1/lists/'],
    ['s3://b-1/inv/b/c/2026-11-20T01-00Z/manifest.json', 's3://b-1/inv/'],
    ['s3://b-1/stac/catalog.json', 's3://b-1/stac/'],
  ])('allow that tiles of %s get results in %s', (input, output) => {
    expect(mistakes({ ...MINIMAL, input: { uri: input }, output: { uri: output } })).toEqual([]);
  });

  it.each(['https://b-1/tiles', 's3:///tiles', 'tiles', '', 's3://-/x', 7])('refuse %j', (uri) => {
    expect(mistakes({ ...MINIMAL, input: { uri } })).toEqual([
      `input.uri: ${JSON.stringify(uri)}; expected s3://bucket/prefix/, or one object that names the tiles: a list ending in .jsonl, the manifest.json of an S3 Inventory, or STAC ending in .json or .geojson`,
    ]);
  });

  it.each(['s3://b-1/a//b/', 's3://b-1/../b/', 's3://b-1/a\nb/', `s3://b-1/${'x'.repeat(256)}/`])(
    'refuse to write below %j',
    (uri) => {
      expect(mistakes({ ...MINIMAL, output: { uri } })[0]).toContain('without empty, . or .. segments');
    },
  );
});

describe('the asset of a spec', () => {
  it.each(['s3://b-1/stac/catalog.json', 's3://b-1/search.geojson'])('goes with STAC: %s', (uri) => {
    expect(parseSpec({ ...MINIMAL, input: { uri, asset: 'B04' } }).input).toMatchObject({ uri, asset: 'B04' });
  });

  it.each(['s3://b-1/tiles/', 's3://b-1/a.jsonl', 's3://b-1/manifest.json'])('goes with nothing else: %s', (uri) => {
    expect(mistakes({ ...MINIMAL, input: { uri, asset: 'B04' } })).toEqual([
      `input.asset: "B04" goes with STAC only, and input.uri "${uri}" does not end in .json or .geojson; remove it`,
    ]);
  });
});

describe('the services of a spec', () => {
  const configured = (environment: Record<string, string>): Configuration => readConfiguration(environment, () => '');

  it('must be configured', () => {
    const spec = parseSpec(withTasks(CAPTION, { id: 'b', kind: 'caption', service: 'constructor' }));
    expect(() => requireServices(spec, configured({ CAPTION_BASE_URL: 'https://c.example.org' }))).toThrow(
      /1 mistake:\n {2}tasks\[1\]\.service: "constructor" is not configured \(configured: caption\); add it to the file/u,
    );
    expect(() => requireServices(spec, configured({}))).toThrow(
      /set CAPTION_BASE_URL or add it to the file that TILESCRIBE_SERVICES names/u,
    );
  });

  it('must speak the API of the kind', () => {
    const file = '{"services":{"caption":{"api":"qwen3-text","baseUrl":"https://c.example.org"}}}';
    const configuration = readConfiguration({ TILESCRIBE_SERVICES: 'services.json' }, () => file);
    expect(() => requireServices(parseSpec(MINIMAL), configuration)).toThrow(
      /speaks qwen3-text; a caption task needs a service that speaks qwen-vl/u,
    );
  });
});
