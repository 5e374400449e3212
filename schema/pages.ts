import { z } from 'zod';
import { ERRORS } from '../domain/errors.ts';
import { FAILURES } from '../domain/failure.ts';
import { SERVICE_DEFAULTS } from '../domain/service.ts';
import { SPEC_MAX_BYTES, TASK_KINDS } from '../domain/spec.ts';
import { RECORD } from './record.ts';
import { KNOWN_SERVICES } from './service-draft.ts';
import { SERVICE_DOCUMENT, SERVICES_DOCUMENT } from './services.ts';
import { SETTINGS } from './setting.ts';
import { SPEC_DOCUMENT, TASK_DOCUMENTS } from './spec-document.ts';

/** The reference pages, made from the same tables and schemas that decide. `npm run docs` writes them. */

const MADE = '<!-- Made by `npm run docs` from the code that reads these fields. -->';

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows.map((row) => row.map(cell))];
  return lines.map((line) => `| ${line.join(' | ')} |`).join('\n');
}

function page(title: string, ...blocks: readonly string[]): string {
  return `${[`# ${title}`, MADE, ...blocks].join('\n\n')}\n`;
}

interface FieldText {
  readonly name: string;
  readonly expected: string;
  /** Null where the field must be given. */
  readonly fallback: string | null;
  readonly meaning: string;
  readonly type: string;
}

function inside(field: z.core.$ZodType): z.core.$ZodType | null {
  const wrapped = field instanceof z.ZodDefault || field instanceof z.ZodPrefault || field instanceof z.ZodNullable;
  return wrapped || field instanceof z.ZodExactOptional ? field.def.innerType : null;
}

function fallbackOf(field: z.core.$ZodType): string | null {
  if (field instanceof z.ZodDefault) return `\`${JSON.stringify(field.def.defaultValue)}\``;
  return field instanceof z.ZodExactOptional ? 'none' : null;
}

/** What a field says of itself; what wraps it says more than what is inside. */
function told(field: z.core.$ZodType): Readonly<Record<string, unknown>> {
  const within = inside(field);
  const more = z.globalRegistry.get(field) ?? {};
  return { ...(within === null ? {} : told(within)), ...more };
}

function word(facts: Readonly<Record<string, unknown>>, name: string): string | null {
  const text = facts[name];
  return typeof text === 'string' ? text : null;
}

function fieldText(name: string, field: z.core.$ZodType): FieldText {
  const facts = told(field);
  const fallback = word(facts, 'fallback') ?? fallbackOf(field);
  return {
    name,
    expected: word(facts, 'expected') ?? '',
    fallback,
    meaning: word(facts, 'meaning') ?? '',
    type: word(facts, 'type') ?? '',
  };
}

/** Fields of fields have names with points. */
function fieldTexts(shape: z.core.$ZodShape, prefix = ''): FieldText[] {
  return Object.entries(shape).flatMap(([name, field]) => {
    const plain = inside(field) ?? field;
    return plain instanceof z.ZodObject ? fieldTexts(plain.shape, `${prefix}${name}.`) : [fieldText(prefix + name, field)];
  });
}

function fieldTable(fields: readonly FieldText[]): string {
  const rows = fields.map(({ name, expected, fallback, meaning }) => [`\`${name}\``, fallback ?? 'required', expected, meaning]);
  return table(['field', 'default', 'must be', 'meaning'], rows);
}

/** @returns docs/spec.md. */
export function specPage(): string {
  const kinds = Object.entries(TASK_DOCUMENTS).map(
    ([kind, document]) => `## A task of kind ${kind}\n\n${fieldTable(fieldTexts(document.shape))}`,
  );
  return page(
    'The run spec',
    `One JSON document of at most ${SPEC_MAX_BYTES.toLocaleString('en-US')} bytes, also with its defaults filled in: the file that \`tilescribe run\` takes and the argument of the workflow type \`tilescribeRun\`. Examples are in [examples](../examples). Unknown fields are mistakes, and every mistake is told at once, those of the dates in its addresses with the others.`,
    fieldTable(fieldTexts(SPEC_DOCUMENT.shape).filter(({ name }) => name !== 'tasks')),
    `\`tasks\` is required: a list of 1 to 16 tasks, each of kind ${Object.keys(TASK_KINDS).join(' or ')}. Ids are unique, and no two tasks ask the same of the same service.`,
    ...kinds,
    '## Addresses\n\n`s3://bucket/tiles` and `s3://bucket/tiles/` are the same prefix, `tiles/`; it never takes in `tiles-old/`. `s3://bucket/` is the whole bucket. An address that ends in `.jsonl`, `.json` or `.geojson` is one object that names the tiles ([input.md](input.md)). `output.uri` gets its slash where it has none, and must not lie inside the input prefix, or the results of one run would be tiles of the next.',
  );
}

function knownRows(): string[][] {
  return Object.entries(KNOWN_SERVICES).flatMap(([name, { model, baseUrl, timeout }]) => [
    [`\`${baseUrl}\``, 'none', `where service \`${name}\` answers (model ${model}); without it the service is not configured`],
    [`\`${timeout}\``, String(SERVICE_DEFAULTS.requestSeconds), `seconds of one HTTP request to \`${name}\`, never of a job`],
  ]);
}

function figureFallback(field: FieldText): FieldText {
  const figures: Readonly<Record<string, unknown>> = { ...SERVICE_DEFAULTS };
  return Object.hasOwn(figures, field.name)
    ? { ...field, fallback: `\`${JSON.stringify(figures[field.name])}\`, assumed` }
    : field;
}

/** @returns docs/configuration.md. */
export function configurationPage(): string {
  const settings = fieldTexts(SETTINGS.shape).map(({ name, fallback, expected, meaning }) => [
    `\`${name}\``,
    fallback ?? '',
    expected,
    meaning,
  ]);
  const gpus = fieldTexts(SERVICES_DOCUMENT.shape).filter(({ name }) => name === 'gpus');
  const service = fieldTexts(SERVICE_DOCUMENT.shape).map(figureFallback);
  return page(
    'Configuration',
    'An empty variable counts as one that is not set. A `TILESCRIBE_*` variable that is not in this table is a mistake.',
    table(['variable', 'default', 'must be', 'meaning'], settings),
    '## The two services of the environment',
    table(['variable', 'default', 'meaning'], knownRows()),
    '## The services file',
    'A JSON file named by `TILESCRIBE_SERVICES`. It adds services, and overrides what the environment says of the two above. [gpus.md](gpus.md) says what the figures come to.',
    fieldTable(gpus.map((field) => ({ ...field, fallback: '`2`' }))),
    '`services` holds services by name. A name is also that of a folder: 1 to 32 of a-z 0-9 _ - that begin with a letter, and neither `listed` nor `merged`.',
    fieldTable(service),
    'Figures that nobody set are assumed, and `run` says so when it starts. A header’s value stands in the environment, never in the file: `"headers": {"Modal-Key": "env:MODAL_KEY"}`.',
    '## Which cap and which figures hold',
    'The cap: what `tilescribe budget set --gpus` set, else `TILESCRIBE_GPUS`, else `gpus` of the file, else 2. Figures of a service: what `tilescribe budget set --service` set, else the file, else what is assumed. What was set by hand is kept by the budget of the Temporal namespace, and holds for all its workers until it is taken back with `--unset`.',
    'Give all workers the same file. While workers whose files differ use a service, and for two and a half minutes after one was last heard of, of each figure the value that allows less holds (the lowest `gpus`, the lowest `inputsPerContainer`, the longest `scaledownSeconds`, no `maxContainers` where one of them names none), and `tilescribe budget` says where they differ. A worker warns of services that do not fit within the cap, and does not start where none does.',
    'The AWS SDK and Temporal read their own variables: `AWS_REGION`, `AWS_ENDPOINT_URL`, `TEMPORAL_ADDRESS`, `TEMPORAL_NAMESPACE` and the others that they document.',
  );
}

/** @returns docs/records.md. */
export function recordsPage(): string {
  const rows = fieldTexts(RECORD.shape).map(({ name, type, meaning }) => [`\`${name}\``, type, meaning]);
  return page(
    'Records',
    'One line of JSON per tile and task, in `captions/`, `answers/` or `errors/` below `run=<run id>/`. Every field is always there; null is unknown. Lines are sorted by the UTF-8 bytes of key, then bucket, then task id.',
    table(['field', 'type', 'meaning'], rows),
  );
}

/** @returns docs/errors.md. */
export function errorsPage(): string {
  const codes = Object.entries(ERRORS).map(([code, row]) => [`\`${code}\``, row.class, row.means, row.follows]);
  const failures = Object.entries(FAILURES).map(([kind, row]) => [
    `\`${kind}\``,
    String(row.exitCode),
    row.retryable ? 'yes' : 'no',
  ]);
  return page(
    'Errors',
    'What can become of a task that has no answer (`error_code` of a record). Only the class service counts against `failures.maxPercent`.',
    table(['code', 'class', 'means', 'what follows'], codes),
    '## Why tilescribe stops',
    table(['failure', 'exit code', 'trying again can help'], failures),
  );
}
