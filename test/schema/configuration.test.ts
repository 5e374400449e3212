import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Failure } from '../../domain/failure.ts';
import { SERVICE_DEFAULTS, type Configuration } from '../../domain/service.ts';
import { readConfiguration } from '../../schema/configuration.ts';
import type { Environment } from '../../schema/environment.ts';
import { resolveHeaders } from '../../schema/headers.ts';

const CAPTION = { CAPTION_BASE_URL: 'https://caption.example.org' };
const VQA = { VQA_BASE_URL: 'https://vqa.example.org/' };
const FILE = { TILESCRIBE_SERVICES: 'services.json' };

function configuration(environment: Environment, file?: unknown): Configuration {
  const text = typeof file === 'string' ? file : JSON.stringify(file);
  return file === undefined
    ? readConfiguration(environment, () => '')
    : readConfiguration({ ...FILE, ...environment }, () => text);
}

function said(environment: Environment, file?: unknown): string {
  try {
    configuration(environment, file);
  } catch (error) {
    if (error instanceof Failure && error.kind === 'InvalidConfiguration') return error.message;
    throw error;
  }
  return '';
}

const lines = (environment: Environment, file?: unknown): string[] =>
  said(environment, file)
    .split('\n')
    .slice(1)
    .map((line) => line.trim());

const caption = (document: unknown): unknown => ({ services: { caption: document } });

describe('a configuration from the environment alone', () => {
  it('has the two services with every figure assumed, and two GPUs', () => {
    const { gpus, services } = configuration({ ...CAPTION, ...VQA });
    expect(gpus).toBe(2);
    expect(services[1]).toEqual({
      ...SERVICE_DEFAULTS,
      name: 'vqa',
      api: 'qwen-vl',
      baseUrl: 'https://vqa.example.org',
      model: 'qwen-vqa-special',
      headers: {},
      insecure: false,
      assumed: Object.keys(SERVICE_DEFAULTS),
    });
  });

  it('leaves out a service without an address', () => {
    expect(configuration({ ...VQA, CAPTION_BASE_URL: ' ', CAPTION_TIMEOUT: '60' }).services.map(({ name }) => name)).toEqual([
      'vqa',
    ]);
    expect(configuration({}).services).toEqual([]);
  });

  it('takes the deadline of a request from its variable, and then it is not assumed', () => {
    const [service] = configuration({ ...CAPTION, CAPTION_TIMEOUT: '60' }).services;
    expect(service?.requestSeconds).toBe(60);
    expect(service?.assumed).not.toContain('requestSeconds');
    expect(lines({ ...CAPTION, CAPTION_TIMEOUT: '1e3' })).toEqual(['CAPTION_TIMEOUT: "1e3"; expected a number from 0.1 to 3600']);
  });
});

describe('a services file', () => {
  it('adds to the environment and overrides it', () => {
    const file = {
      gpus: 4,
      services: {
        ocr: { api: 'chatvlmllm', baseUrl: 'https://ocr.example.org/base/', model: 'm' },
        caption: { inputsPerContainer: 16, maxContainers: null },
      },
    };
    const { gpus, services } = configuration({ ...CAPTION, ...VQA, CAPTION_TIMEOUT: '50' }, file);
    expect(gpus).toBe(4);
    expect(services.map(({ name }) => name)).toEqual(['ocr', 'caption', 'vqa']);
    expect(services[0]).toMatchObject({ api: 'chatvlmllm', baseUrl: 'https://ocr.example.org/base' });
    expect(services[1]).toMatchObject({ inputsPerContainer: 16, requestSeconds: 50, baseUrl: 'https://caption.example.org' });
    expect(services[1]?.assumed).toEqual(
      Object.keys(SERVICE_DEFAULTS).filter((name) => !['inputsPerContainer', 'maxContainers', 'requestSeconds'].includes(name)),
    );
  });

  it('gives way to TILESCRIBE_GPUS', () => {
    expect(configuration({ TILESCRIBE_GPUS: '1' }, { gpus: 4 }).gpus).toBe(1);
    expect(lines({ TILESCRIBE_GPUS: 'two' })).toEqual(['TILESCRIBE_GPUS: "two"; expected a whole number from 1 to 1024']);
  });

  it('tells all of its mistakes at once', () => {
    const file = {
      gpu: 2,
      services: {
        caption: { inputsPerContainers: 16, httpHoldsGpu: 'no', baseUrl: 'http://elsewhere.example.org' },
        ocr: { api: 'qwen' },
        merged: { api: 'qwen-vl', baseUrl: 'https://m.example.org', model: 'm' },
        Bad: 7,
      },
    };
    expect(lines({ VQA_BASE_URL: 'vqa.example.org', TILESCRIBE_GPUS: '0' }, file)).toEqual([
      'TILESCRIBE_GPUS: "0"; expected a whole number from 1 to 1024',
      'gpu: unknown field; did you mean gpus?',
      'services.caption.httpHoldsGpu: "no"; expected true or false',
      'services.caption.inputsPerContainers: unknown field; did you mean inputsPerContainer?',
      'services.caption.baseUrl: "http://elsewhere.example.org"; expected https, or http to this machine; plain http elsewhere only where services.caption of the services file says "insecure": true',
      'services.ocr.api: "qwen"; expected one of qwen-vl, chatvlmllm, vision-models, qwen3-text (did you mean qwen-vl?)',
      'services.ocr.baseUrl: missing; expected where it answers',
      'services.ocr.model: missing; expected the name of its model',
      'services.merged: "merged"; expected 1 to 32 of a-z 0-9 _ - that begin with a letter (listed and merged are taken)',
      'services.Bad: "Bad"; expected 1 to 32 of a-z 0-9 _ - that begin with a letter (listed and merged are taken)',
      expect.stringMatching(/^services\.Bad: 7; expected an object with api, baseUrl, model/u),
      'services.Bad.api: missing; expected the HTTP interface it speaks, such as qwen-vl',
      'services.Bad.baseUrl: missing; expected where it answers',
      'services.Bad.model: missing; expected the name of its model',
      'VQA_BASE_URL: "vqa.example.org"; expected https://host/path without credentials, query or fragment',
    ]);
  });

  it('is named when it cannot be read or is not JSON', () => {
    const unreadable = (): never => {
      throw new Error('ENOENT: no such file');
    };
    expect(() => readConfiguration(FILE, unreadable)).toThrow(
      /TILESCRIBE_SERVICES: "services\.json" cannot be read \(ENOENT: no such file\)/u,
    );
    expect(lines({}, '{"gpus": ')[0]).toMatch(/^TILESCRIBE_SERVICES: "services\.json" is not JSON/u);
    expect(said({}, '{"headers": {"K": hunter2}}')).not.toContain('hunter2');
    expect(lines({}, '[]')[0]).toContain('expected an object with gpus, services');
  });

  it('may say anything without an error that is not a sentence', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (anything, service) => {
        expect(said({}, JSON.stringify(anything))).not.toContain('Invalid input');
        expect(said(CAPTION, caption(service))).not.toContain('Invalid input');
      }),
    );
    expect(lines(CAPTION, '{"services":{"__proto__":{"gpusPerContainer":9}}}').join('\n')).not.toContain('Invalid input');
    expect(Object.hasOwn(Object.prototype, 'gpusPerContainer')).toBe(false);
  });
});

describe('an address', () => {
  it.each(['http://localhost:8000', 'http://127.0.0.1:8000', 'http://[::1]:8000', 'http://caption.localhost'])(
    'may be %s on this machine',
    (baseUrl) => {
      expect(configuration({ CAPTION_BASE_URL: baseUrl }).services[0]?.baseUrl).toBe(baseUrl);
    },
  );

  it.each(['http://127.example.org', 'http://10.0.0.7', 'http://localhost.example.org'])('must not be %s', (baseUrl) => {
    expect(lines({ CAPTION_BASE_URL: baseUrl })[0]).toContain('CAPTION_BASE_URL: ');
    expect(lines({ CAPTION_BASE_URL: baseUrl }, caption({}))[0]).toContain('CAPTION_BASE_URL: ');
    expect(configuration({ CAPTION_BASE_URL: baseUrl }, caption({ insecure: true })).services).toHaveLength(1);
  });

  it.each(['ftp://a.example.org', 'https://a.example.org?x=1', 'https://a.example.org/#x', 'a.example.org', 'https://'])(
    'is not %s',
    (baseUrl) => {
      expect(lines({ CAPTION_BASE_URL: baseUrl })[0]).toContain('expected https://host/path');
    },
  );

  it('never shows the credentials that were written into it', () => {
    const text = said({ CAPTION_BASE_URL: 'https://user:hunter2@a.example.org/?key=hunter3' });
    expect(text).toContain('"https://…@a.example.org/?…"');
    expect(text).not.toContain('hunter');
  });
});

describe('headers', () => {
  const withHeaders = caption({ headers: { 'Modal-Key': 'env:MODAL_KEY' } });

  it('get their values from the environment', () => {
    const environment = { ...CAPTION, MODAL_KEY: 'hunter2' };
    const [service] = configuration(environment, withHeaders).services;
    expect(service?.headers).toEqual({ 'Modal-Key': 'env:MODAL_KEY' });
    expect(resolveHeaders({ name: 'caption', headers: service?.headers ?? {} }, environment)).toEqual({ 'Modal-Key': 'hunter2' });
  });

  it('name the variable that is missing', () => {
    expect(lines(CAPTION, withHeaders)).toEqual(['services.caption.headers.Modal-Key: the variable MODAL_KEY is not set']);
    expect(() => resolveHeaders({ name: 'caption', headers: { 'Modal-Key': 'env:MODAL_KEY' } }, {})).toThrow(
      'Set MODAL_KEY in the environment: service caption needs it for the header Modal-Key.',
    );
  });

  it('are never written out, and never printed', () => {
    expect(lines(CAPTION, caption({ headers: { 'Modal-Key': 'hunter2', Host: 'env:X' } }))).toEqual([
      'services.caption.headers.Modal-Key: expected env:NAME, the variable of the environment that holds the value',
      'services.caption.headers.Host: expected a header name that is not set by tilescribe itself',
    ]);
    expect(said({ ...CAPTION, MODAL_KEY: 'hunter2\r\nX: y' }, withHeaders)).toContain('MODAL_KEY holds a line break');
    expect(said({ ...CAPTION, MODAL_KEY: 'hunter2\r\nX: y' }, withHeaders)).not.toContain('hunter2');
  });

  it('never go over plain http', () => {
    const both = caption({ baseUrl: 'http://elsewhere.example.org', insecure: true, headers: { K: 'env:K' } });
    expect(lines({ K: 'v' }, both)[0]).toMatch(/^services\.caption\.insecure: true beside headers/u);
  });
});
