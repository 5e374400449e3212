import { SERVICE_DEFAULTS, type Service, type ServiceApi, type ServiceFigures } from '../domain/service.ts';
import { BASE_URL, baseUrlInside } from './base-url.ts';
import { checkVariable, type Environment } from './environment.ts';
import { isJsonObject, ownField, type JsonObject } from './json-object.ts';
import { check, type Mistake, type Path } from './mistake.ts';
import { SERVICE_DOCUMENT, type ServiceDocument } from './services.ts';
import { REQUEST_SECONDS_TEXT } from './setting.ts';
import { SERVICE_NAME } from './spec-document.ts';

function isFigure(name: string): name is keyof ServiceFigures {
  return Object.hasOwn(SERVICE_DEFAULTS, name);
}

const FIGURES = Object.keys(SERVICE_DEFAULTS).filter(isFigure);

interface KnownService {
  readonly api: ServiceApi;
  readonly model: string;
  /** The variable that holds its address. */
  readonly baseUrl: string;
  /** The variable that holds the deadline of a request. */
  readonly timeout: string;
}

/** The services that the environment alone can configure. */
export const KNOWN_SERVICES: Readonly<Record<string, KnownService>> = {
  caption: { api: 'qwen-vl', model: 'qwen-caption-special', baseUrl: 'CAPTION_BASE_URL', timeout: 'CAPTION_TIMEOUT' },
  vqa: { api: 'qwen-vl', model: 'qwen-vqa-special', baseUrl: 'VQA_BASE_URL', timeout: 'VQA_TIMEOUT' },
};

/** @returns the row of a service that the environment knows. */
export function knownService(name: string): KnownService | null {
  return Object.hasOwn(KNOWN_SERVICES, name) ? (KNOWN_SERVICES[name] ?? null) : null;
}

/** A service before its defaults: what the file says laid over what the environment says, as far as either is right. */
export interface Draft {
  readonly name: string;
  readonly document: ServiceDocument;
  /** Where its address stands, for mistakes about it. */
  readonly addressPath: Path;
  readonly mistakes: readonly Mistake[];
}

function fromEnvironment(name: string, environment: Environment): { document: ServiceDocument; mistakes: readonly Mistake[] } {
  const known = knownService(name);
  if (known === null) return { document: {}, mistakes: [] };
  const baseUrl = checkVariable(BASE_URL, environment, known.baseUrl);
  const requestSeconds = checkVariable(REQUEST_SECONDS_TEXT, environment, known.timeout);
  const document = {
    api: known.api,
    model: known.model,
    ...(baseUrl.value === null ? {} : { baseUrl: baseUrl.value }),
    ...(requestSeconds.value === null ? {} : { requestSeconds: requestSeconds.value }),
  };
  return { document, mistakes: [...baseUrl.mistakes, ...requestSeconds.mistakes] };
}

/** Checks one service of the file; fields that are wrong are left out of what it returns. */
function fromFile(name: string, written: unknown): { document: ServiceDocument; mistakes: readonly Mistake[] } {
  const { value, mistakes } = check(SERVICE_DOCUMENT, written);
  if (value !== null) return { document: value, mistakes };
  const wrong = new Set(mistakes.map(({ path }) => path[0]));
  const sound = isJsonObject(written) ? Object.entries(written).filter(([field]) => !wrong.has(field)) : [];
  const placed = mistakes.map((mistake) => ({ ...mistake, path: ['services', name, ...mistake.path] }));
  return { document: check(SERVICE_DOCUMENT, Object.fromEntries(sound)).value ?? {}, mistakes: placed };
}

function required(name: string): Readonly<Record<string, string>> {
  const known = knownService(name);
  return {
    api: 'the HTTP interface it speaks, such as qwen-vl',
    baseUrl: `where it answers${known === null ? '' : `, here or in ${known.baseUrl}`}`,
    model: 'the name of its model',
  };
}

/** @returns the service called `name` as file and environment have it. */
export function draftOf(name: string, written: JsonObject, environment: Environment): Draft {
  const below = fromEnvironment(name, environment);
  const inEnvironment = [knownService(name)?.baseUrl ?? name];
  if (!Object.hasOwn(written, name)) return { name, ...below, addressPath: inEnvironment };
  const addressPath = ownField(written[name], 'baseUrl') === undefined ? inEnvironment : ['services', name, 'baseUrl'];
  const above = fromFile(name, written[name]);
  const missing = Object.entries(required(name)).filter(
    ([field]) => ![written[name], below.document].some((given) => ownField(given, field) !== undefined),
  );
  return {
    name,
    document: { ...below.document, ...above.document },
    addressPath,
    mistakes: [
      ...check(SERVICE_NAME, name, ['services', name]).mistakes,
      ...below.mistakes,
      ...above.mistakes,
      ...missing.map(([field, expected]) => ({ path: ['services', name, field], problem: `missing; expected ${expected}` })),
    ],
  };
}

/** @returns the service with its defaults, and the names of the figures that are nothing but defaults. */
export function serviceOf({ name, document }: Pick<Draft, 'name' | 'document'>): Service {
  const { api = 'qwen-vl', model = '', baseUrl = '', headers = {}, insecure = false, ...figures } = document;
  const assumed = FIGURES.filter((figure) => figures[figure] === undefined);
  return { ...SERVICE_DEFAULTS, ...figures, name, api, model, baseUrl: baseUrlInside(baseUrl), headers, insecure, assumed };
}
