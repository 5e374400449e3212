import fc from 'fast-check';
import { ERROR_CLASSES, ERROR_CODES } from '../../domain/errors.ts';
import type { AnswerType, RetrySpec, RunSpec, TaskSpec } from '../../domain/spec.ts';

const dataset = fc.stringMatching(/^[a-z0-9][a-z0-9._-]{0,62}$/u);
const id = fc.stringMatching(/^[a-z0-9][a-z0-9_-]{0,31}$/u);
const service = fc.stringMatching(/^[a-z][a-z0-9_-]{0,31}$/u).filter((name) => name !== 'listed' && name !== 'merged');
const bucket = fc.stringMatching(/^[a-z0-9][a-z0-9-]{1,40}[a-z0-9]$/u);
const segment = fc.stringMatching(/^[a-zA-Z0-9 =_é-]{1,20}$/u);
const prefix = fc.array(segment, { maxLength: 4 }).map((segments) => segments.map((one) => `${one}/`).join(''));
const prompt = fc.string({ minLength: 1, maxLength: 60, unit: 'grapheme' }).filter((text) => text.trim() !== '');
const finite = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);

const answer: fc.Arbitrary<AnswerType> = fc.oneof(
  fc.constantFrom('text' as const, 'integer' as const, 'boolean' as const).map((type) => ({ type })),
  fc
    .uniqueArray(fc.stringMatching(/^[a-z]{1,10}$/u), { minLength: 1, maxLength: 5 })
    .map((values) => ({ type: 'enum' as const, values })),
);

const asked = {
  prompt,
  maxTokens: fc.integer({ min: 1, max: 4096 }),
  temperature: fc.double({ min: 0, max: 2, noNaN: true }),
  service,
};
const task: fc.Arbitrary<TaskSpec> = fc.oneof(
  fc.record({ id, kind: fc.constant('caption' as const), ...asked, answer: fc.constant(null) }),
  fc.record({ id, kind: fc.constant('vqa' as const), ...asked, answer }),
);

function different(tasks: readonly TaskSpec[]): readonly TaskSpec[] {
  return tasks.map((one, n) => ({ ...one, prompt: `${n} ${one.prompt}`, temperature: one.temperature + 0 }));
}

const scale = fc
  .tuple(fc.integer({ min: -9999, max: 0 }), fc.integer({ min: 1, max: 65_535 }))
  .map(([lo, hi]) => [lo + 0, hi] as const);
const globs = fc.array(fc.constantFrom('**/*.tif', '*.png', 'a/**'), { minLength: 1, maxLength: 3 });

const retry: fc.Arbitrary<RetrySpec> = fc.record(
  {
    run: fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._:=@+~-]{0,199}$/u),
    codes: fc.subarray([...ERROR_CODES], { minLength: 1 }),
    classes: fc.subarray([...ERROR_CLASSES], { minLength: 1 }),
  },
  { requiredKeys: ['run'] },
);

/** How a spec chooses what is asked; a retry leaves nothing else to choose. */
const choice = fc.oneof(
  fc
    .record({ limit: fc.integer({ min: 1 }), sample: fc.integer({ min: 1, max: 25_000 }) }, { requiredKeys: [] })
    .map((input) => ({ input, rest: {} })),
  fc.constant({ input: {}, rest: { all: true as const } }),
  retry.map((found) => ({ input: {}, rest: { retry: found } })),
);

const anyQuestion: fc.Arbitrary<RunSpec> = fc.record({
  dataset,
  input: fc.record(
    {
      uri: fc.tuple(bucket, prefix).map(([name, key]) => `s3://in-${name}/${key}`),
      include: globs,
      exclude: globs,
      requestPayer: fc.boolean(),
      region: fc.constant('eu-central-1'),
    },
    { requiredKeys: ['uri', 'requestPayer'] },
  ),
  output: fc.record(
    { uri: fc.tuple(bucket, prefix).map(([name, key]) => `s3://out-${name}/${key}`), sseKmsKeyId: fc.constant('alias/results') },
    { requiredKeys: ['uri'] },
  ),
  tasks: fc.uniqueArray(task, { minLength: 1, maxLength: 16, selector: (one) => one.id }).map(different),
  image: fc.record(
    {
      maxSide: fc.integer({ min: 64, max: 4096 }),
      format: fc.constantFrom('jpeg' as const, 'png' as const, 'webp' as const),
      quality: fc.integer({ min: 1, max: 100 }),
      bands: fc.oneof(fc.tuple(fc.integer({ min: 1 })), fc.tuple(fc.integer({ min: 1 }), fc.constant(3), fc.constant(2))),
      scale,
      nodata: finite,
      minValidFraction: fc.double({ min: 0, max: 1, noNaN: true }).map((value) => value + 0),
    },
    { requiredKeys: ['maxSide', 'format', 'quality', 'minValidFraction'] },
  ),
  priority: fc.constantFrom('interactive' as const, 'nightly' as const, 'backfill' as const),
  failures: fc.record({ maxPercent: fc.double({ min: 0, max: 100, noNaN: true }).map((value) => value + 0) }),
});

/** Any spec that `parseSpec` could have made. */
export const anySpec: fc.Arbitrary<RunSpec> = fc
  .tuple(anyQuestion, choice)
  .map(([spec, { input, rest }]) => ({ ...spec, input: { ...spec.input, ...input }, ...rest }));
