import { Failure } from '../../domain/failure.ts';
import { FAULTS, type Fault } from './faults.ts';
import { OUTAGES, type Outage } from './outage.ts';
import type { SimulatedServiceOptions, SimulationOptions } from './options.ts';
import type { Disturbance } from './service.ts';

/** @returns what is wrong with a value that stands at `path`, one sentence each. */
type Check = (value: unknown, path: string) => readonly string[];

const expected =
  (what: string, fits: (value: unknown) => boolean): Check =>
  (value, path) =>
    fits(value) ? [] : [`${path}: expected ${what}, not ${JSON.stringify(value) ?? 'nothing'}.`];

const amount = (low: number, high = Infinity): Check =>
  expected(
    high === Infinity ? `a number of at least ${low}` : `a number from ${low} to ${high}`,
    (value) => typeof value === 'number' && value >= low && value <= high,
  );
const whole = (low: number, high = Number.MAX_SAFE_INTEGER): Check =>
  expected(
    `a whole number of at least ${low}`,
    (value) => Number.isSafeInteger(value) && Number(value) >= low && Number(value) <= high,
  );
const words = (...allowed: readonly string[]): Check =>
  expected(`one of ${allowed.join(', ')}`, (value) => allowed.includes(String(value)));
const anyText = expected('text', (value) => typeof value === 'string' && value !== '');
const flag = expected('true or false', (value) => typeof value === 'boolean');

const orNull =
  (check: Check): Check =>
  (value, path) =>
    value === null ? [] : check(value, path);
const listOf =
  (check: Check): Check =>
  (value, path) =>
    Array.isArray(value)
      ? value.flatMap((each, n) => check(each, `${path}[${n}]`))
      : expected('a list', () => false)(value, path);
const oneOrMore =
  (check: Check): Check =>
  (value, path) =>
    Array.isArray(value) ? listOf(check)(value, path) : check(value, path);

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const mapOf =
  (check: Check): Check =>
  (value, path) =>
    isObject(value)
      ? Object.entries(value).flatMap(([key, each]) => check(each, join(path, key)))
      : expected('an object', () => false)(value, path);

const join = (path: string, key: string): string => (path === '' ? key : `${path}.${key}`);

/** An object of some of these fields. */
const fields =
  (shape: Readonly<Record<string, Check>>, needed: readonly string[] = []): Check =>
  (value, path) => {
    if (!isObject(value))
      return expected(`an object with ${Object.keys(shape).join(', ')}`, () => false)(value, path === '' ? 'options' : path);
    const missing = needed.filter((key) => value[key] === undefined).map((key) => `${join(path, key)}: is missing.`);
    const wrong = Object.entries(value).flatMap(([key, each]) => {
      const check = Object.hasOwn(shape, key) ? shape[key] : undefined;
      return check === undefined
        ? [`${join(path, key)}: unknown; known are ${Object.keys(shape).join(', ')}.`]
        : check(each, join(path, key));
    });
    return [...missing, ...wrong];
  };

const FAULT = fields(
  {
    fault: words(...Object.keys(FAULTS)),
    call: words('submit', 'poll', 'sync', 'health'),
    probability: amount(0, 1),
    rollFor: words('request', 'job', 'picture'),
    nth: oneOrMore(whole(1)),
    times: whole(0),
    prompt: anyText,
    sha256: anyText,
    retryAfterSeconds: amount(0),
    delaySeconds: amount(0),
    bytes: whole(0),
    hops: whole(0),
    error: anyText,
    varied: flag,
  } satisfies Record<keyof Fault, Check>,
  ['fault'],
);

const OUTAGE = fields(
  { fault: words(...OUTAGES), seconds: amount(0), retryAfterSeconds: amount(0) } satisfies Record<keyof Outage, Check>,
  ['fault'],
);

const SERVICE = fields({
  answers: words('caption', 'vqa'),
  model: anyText,
  port: whole(0, 65_535),
  gpusPerContainer: whole(0),
  inputsPerContainer: whole(1),
  slots: whole(1),
  maxContainers: orNull(whole(1)),
  coldStartSeconds: amount(0),
  scaledownSeconds: amount(0),
  timeoutSeconds: amount(0),
  retentionSeconds: amount(0),
  latency: fields({ meanSeconds: amount(0), sdSeconds: amount(0) }, ['meanSeconds', 'sdSeconds']),
  httpHoldsGpu: flag,
  httpInputs: whole(1),
  edgeSeconds: amount(0),
  requiredHeaders: mapOf(anyText),
  picturesOpenedAt: words('submit', 'job'),
  faults: listOf(FAULT),
} satisfies Record<keyof SimulatedServiceOptions, Check>);

const SIMULATION = fields({ seed: whole(0), journalFile: anyText, services: mapOf(SERVICE) } satisfies Record<
  keyof SimulationOptions,
  Check
>);

type Control = Disturbance & { readonly service?: string };

const CONTROL = fields({
  service: anyText,
  faults: listOf(FAULT),
  slowdown: amount(0),
  preempt: whole(0),
  outage: orNull(OUTAGE),
} satisfies Record<keyof Control, Check>);

function refuseMistakes(mistakes: readonly string[]): void {
  if (mistakes.length > 0) throw new Failure('InvalidConfiguration', mistakes.join('\n'));
}

/** @throws {Failure} that names every field that is wrong and what was expected of it. */
export function parseSimulationOptions(json: unknown): SimulationOptions {
  refuseMistakes(SIMULATION(json, ''));
  return json as SimulationOptions;
}

/** Reads the body of `POST /_control`. @throws {Failure} as above. */
export function parseControl(json: unknown): Control {
  refuseMistakes(CONTROL(json, ''));
  return json as Control;
}
