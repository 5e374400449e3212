import { z } from 'zod';
import { isTimeZone, parseMoment, parseWallTime } from '../domain/calendar.ts';
import { ERROR_CLASSES, ERROR_CODES } from '../domain/errors.ts';
import { isRunId, RUN_ID_EXPECTED } from '../domain/run-id.ts';
import { PRIORITIES, SAMPLE_MAX, type TaskKind } from '../domain/spec.ts';
import { fittingText, flag, meaning, oneOf, patternText, realNumber, someOf, strictFields, wholeNumber } from './field.ts';
import { INPUT_URI, OUTPUT_URI } from './uri.ts';

/** The run spec as people write it (contract section 1): field by field, with limits, defaults and meaning. */

export const DATASET = patternText('1 to 63 of a-z 0-9 . _ - that begin with a letter or digit', /^[a-z0-9][a-z0-9._-]{0,62}$/u);
const TASK_ID = patternText('1 to 32 of a-z 0-9 _ - that begin with a letter or digit', /^[a-z0-9][a-z0-9_-]{0,31}$/u);

/** Names of folders below `_work/` that are not a lane's. */
const RESERVED_LANES = ['listed', 'merged'];
const SERVICE_NAME_PATTERN = /^[a-z][a-z0-9_-]{0,31}$/u;
/** A service's name is also the name of its lane's folder. */
export const SERVICE_NAME = fittingText(
  '1 to 32 of a-z 0-9 _ - that begin with a letter (listed and merged are taken)',
  (name) => SERVICE_NAME_PATTERN.test(name) && !RESERVED_LANES.includes(name),
);

const PROMPT_MAX_CHARACTERS = 4_000;
const PROMPT = fittingText(
  'text of 1 to 4000 characters',
  (text) => text.trim() !== '' && Array.from(text).length <= PROMPT_MAX_CHARACTERS,
);
const SOME_TEXT = fittingText('text that is not empty', (text) => text.trim() !== '');
const GLOBS = z
  .array(SOME_TEXT, { error: 'a list of globs, such as ["**/*.tif"]' })
  .min(1, { error: 'at least one glob; leave the field out where all is meant' })
  .meta({ expected: 'a list of globs' });

const INPUT = strictFields({
  uri: meaning(INPUT_URI, 'where the tiles are ([input.md](input.md)); in a .jsonl object each line is `{"key"}` or `{"uri"}`'),
  include: meaning(GLOBS.exactOptional(), 'globs over the key after the prefix; without it all'),
  exclude: meaning(GLOBS.exactOptional(), 'globs over the key after the prefix; without it none'),
  limit: meaning(wholeNumber({ low: 1, high: Infinity }).exactOptional(), 'how many tiles at most, counted after the filters'),
  sample: meaning(
    wholeNumber({ low: 1, high: SAMPLE_MAX }).exactOptional(),
    'how many tiles are drawn, after the filters and from what the limit lets through; the same ones every time ([input.md](input.md#a-sample))',
  ),
  asset: meaning(
    SOME_TEXT.exactOptional(),
    'of STAC only: the name of the asset that is the picture; without it `visual`, else the only picture with the role `data` ([input.md](input.md#stac))',
  ),
  requestPayer: meaning(flag().default(false), 'for buckets where the reader pays'),
  region: meaning(
    patternText('a region such as eu-central-1', /^[a-z0-9-]+$/u).exactOptional(),
    'of the input bucket; without it the environment says',
  ),
});

const OUTPUT = strictFields({
  uri: meaning(OUTPUT_URI, 'where `run=<run id>/` is written; never inside the input prefix'),
  sseKmsKeyId: meaning(SOME_TEXT.exactOptional(), 'KMS key for what is written'),
});

const unique = (values: readonly string[]): boolean =>
  new Set(values.map((value) => value.trim().toLowerCase())).size === values.length;
const ENUM_VALUES = z
  .array(SOME_TEXT, { error: 'a list of the possible answers' })
  .min(1, { error: 'at least one possible answer' })
  .refine(unique, { error: 'possible answers that differ in more than case' });

const ANSWER_EXPECTED = 'one of {"type":"text"}, {"type":"integer"}, {"type":"boolean"}, {"type":"enum","values":["…"]}';
const ANSWER = z
  .discriminatedUnion(
    'type',
    [
      strictFields({ type: z.enum(['text', 'integer', 'boolean']) }),
      strictFields({ type: z.literal('enum'), values: ENUM_VALUES }),
    ],
    { error: ANSWER_EXPECTED },
  )
  .meta({ expected: ANSWER_EXPECTED });

const MAX_TOKENS = wholeNumber({ low: 1, high: 4096 });
const TEMPERATURE = realNumber({ low: 0, high: 2 });

function taskFields<K extends TaskKind>(kind: K) {
  return {
    id: meaning(TASK_ID, 'unique in the spec'),
    kind: meaning(z.literal(kind).meta({ expected: `"${kind}"` }), 'what is asked'),
    service: meaning(SERVICE_NAME.default(kind), 'a name in the services file; without it the kind’s own'),
  };
}

/** Default prompt of a caption: a constant, as every prompt is. */
export const CAPTION_PROMPT = 'Describe this satellite image in detail.';

/** A task as it is written, by kind. */
export const TASK_DOCUMENTS = {
  caption: strictFields(
    {
      ...taskFields('caption'),
      prompt: meaning(PROMPT.default(CAPTION_PROMPT), 'sent with every tile as it stands'),
      maxTokens: meaning(MAX_TOKENS.default(512), 'longest answer, in tokens'),
      temperature: meaning(TEMPERATURE.default(0.7), 'of the sampling'),
    },
    { question: 'did you mean prompt? A question belongs to a vqa task', answer: 'only a vqa task declares its answer' },
  ),
  vqa: strictFields(
    {
      ...taskFields('vqa'),
      question: meaning(PROMPT, 'sent with every tile as it stands'),
      maxTokens: meaning(MAX_TOKENS.default(128), 'longest answer, in tokens'),
      temperature: meaning(TEMPERATURE.default(0), 'of the sampling'),
      answer: meaning(ANSWER.default({ type: 'text' }), 'how the answer is read; it adds nothing to what is sent'),
    },
    { prompt: 'did you mean question?' },
  ),
} as const satisfies Record<TaskKind, z.ZodType>;

const BANDS_EXPECTED = '1 or 3 band numbers, counted from 1';
const BANDS = z
  .array(z.int({ error: BANDS_EXPECTED }).min(1, { error: BANDS_EXPECTED }), { error: BANDS_EXPECTED })
  .refine((bands) => bands.length === 1 || bands.length === 3, { error: BANDS_EXPECTED })
  .meta({ expected: BANDS_EXPECTED });
const SCALE_EXPECTED = '[lo, hi] with lo < hi';
const SCALE_END = realNumber();
const SCALE = z
  .tuple([SCALE_END, SCALE_END], { error: SCALE_EXPECTED })
  .refine(([lo, hi]) => lo < hi, { error: SCALE_EXPECTED })
  .meta({ expected: SCALE_EXPECTED });

const IMAGE = strictFields({
  maxSide: meaning(wholeNumber({ low: 64, high: 4096 }).default(1024), 'longest side that is sent, in pixels; never enlarged'),
  format: meaning(oneOf(['jpeg', 'png', 'webp']).default('jpeg'), 'of the picture that is sent'),
  quality: meaning(wholeNumber({ low: 1, high: 100 }).default(85), 'of jpeg and webp'),
  bands: meaning(BANDS.exactOptional(), 'which bands are red, green, blue, or grey; without it chosen per tile'),
  scale: meaning(SCALE.exactOptional(), 'samples that become 0 and 255; without it the 2nd and 98th percentile of each tile'),
  nodata: meaning(realNumber().exactOptional(), 'sample that means nothing was seen; without it the tile says'),
  minValidFraction: meaning(realNumber({ low: 0, high: 1 }).default(0.05), 'a tile with less is skipped as `empty_tile`'),
});

const FAILURES = strictFields({
  maxPercent: meaning(
    realNumber({ low: 0, high: 100 }).default(20),
    'share of ended tasks that failed for reasons of the service, counted once 100 have ended, over all since the run began or was resumed and over the last 500; above it in either the lane of that service halts. Each strand of a lane counts its own',
  ),
});

const RETRY = strictFields({
  run: meaning(
    fittingText(`the id of a run: ${RUN_ID_EXPECTED}`, isRunId).meta({ fallback: 'required in `retry`' }),
    'a run of the same output that has ended; its tiles with a failure are the input, and only what failed is asked ([input.md](input.md#what-failed-in-an-earlier-run)). Not together with `all`, `input.limit` and `input.sample`',
  ),
  codes: meaning(someOf(ERROR_CODES, 'an error code').exactOptional(), 'only failures with one of these codes'),
  classes: meaning(
    someOf(ERROR_CLASSES, 'a class of errors').exactOptional(),
    'only failures of one of these classes; without codes and classes all but skipped tiles',
  ),
});

const TIME_ZONE_EXPECTED = 'the name of a time zone, such as Asia/Kolkata';
const UNTIL_EXPECTED = 'a time of the day as HH:MM';
export const MOMENT_EXPECTED =
  'a moment in ISO 8601 with its offset, such as 2026-03-01T06:00:00Z, on a day that there is, from 00:00 to 23:59';

export const WINDOW = strictFields({
  timeZone: meaning(
    fittingText(TIME_ZONE_EXPECTED, isTimeZone).default('UTC'),
    'whose clocks `until` goes by, and `{date}` in `input.uri` and `output.uri`',
  ),
  until: meaning(
    fittingText(UNTIL_EXPECTED, (text) => parseWallTime(text) !== null).exactOptional(),
    'when the GPUs are to be free again: the first such time after the moment that the run stands for. It submits nothing that would not be done by then, and leaves the rest owed',
  ),
  endsAt: meaning(
    fittingText(MOMENT_EXPECTED, (text) => parseMoment(text) !== null).exactOptional(),
    'that moment itself, for one run; made from `until`, where that is given, when a run begins',
  ),
});

export const TASKS_EXPECTED = 'a list of 1 to 16 tasks';

/** The document but for its tasks, each of which is checked by its kind. */
export const SPEC_DOCUMENT = strictFields({
  dataset: meaning(DATASET, 'groups runs'),
  input: INPUT,
  output: OUTPUT,
  tasks: z.array(z.unknown(), { error: TASKS_EXPECTED }).min(1, { error: TASKS_EXPECTED }).max(16, { error: TASKS_EXPECTED }),
  image: IMAGE.prefault({}),
  priority: meaning(
    oneOf(PRIORITIES).default('interactive'),
    'who goes first where runs share the services; a schedule says nightly',
  ),
  failures: FAILURES.prefault({}),
  all: meaning(
    flag().exactOptional(),
    'true: asks also what earlier runs of the same output have answered; otherwise that is taken over',
  ),
  retry: RETRY.exactOptional(),
  window: WINDOW.exactOptional(),
});
export type SpecDocument = z.output<typeof SPEC_DOCUMENT>;
export type TaskDocument = z.output<(typeof TASK_DOCUMENTS)[TaskKind]>;
