/** Who has to act: the owner of the tile, nobody, the owner of the service, whoever runs tilescribe. */
export const ERROR_CLASSES = ['input', 'skipped', 'service', 'run'] as const;
export type ErrorClass = (typeof ERROR_CLASSES)[number];

interface ErrorRow {
  readonly class: ErrorClass;
  readonly means: string;
  readonly follows: string;
}

/** The closed list of what can become of a task that has no answer; `docs/errors.md` is made from it. */
export const ERRORS = {
  missing: { class: 'input', means: 'The object is not there.', follows: 'Recorded; restore the object and run again.' },
  changed: {
    class: 'input',
    means: 'The object changed between listing and reading.',
    follows: 'Recorded; the next run sees the new object.',
  },
  denied: {
    class: 'input',
    means: 'S3 refused to let the object be read.',
    follows: 'Recorded; the first 20 tiles all denied halt the run.',
  },
  archived: {
    class: 'input',
    means: 'The object is in an archive storage class and has not been restored.',
    follows: 'Recorded; restore the object and run again.',
  },
  unsupported_format: {
    class: 'input',
    means: 'The bytes are not JPEG, PNG, WebP or TIFF, or hold samples that no reader takes.',
    follows: 'Recorded; convert the tile.',
  },
  decode_failed: {
    class: 'input',
    means: 'The bytes say that they are a picture but cannot be read: truncated or damaged.',
    follows: 'Recorded; repair the tile.',
  },
  too_large: {
    class: 'input',
    means: 'Bytes, pixels or decoded size are over the cap, or the service refused the size.',
    follows: 'Recorded; cut the tile.',
  },
  too_small: { class: 'input', means: 'A side is below 16 pixels, or the sides are more than 200 to 1.', follows: 'Recorded.' },
  empty_tile: {
    class: 'skipped',
    means: 'Nothing in the tile is valid, or less than image.minValidFraction.',
    follows: 'Recorded as skipped; no model was asked.',
  },
  service_rejected: {
    class: 'service',
    means: 'The service refused the request (400 or 422).',
    follows: 'Recorded at once: the same request would be refused again.',
  },
  model_error: {
    class: 'service',
    means: 'The job failed at the service.',
    follows: 'Asked again, up to three jobs; final at once where two attempts failed alike.',
  },
  bad_response: { class: 'service', means: 'The answer was not what the service documents, three times.', follows: 'Recorded.' },
  empty_answer: { class: 'service', means: 'The model answered with no text.', follows: 'Asked again once.' },
  expired: {
    class: 'service',
    means: 'The result was gone before it could be collected (services keep results for 7 days).',
    follows: 'Asked again once.',
  },
  lost: {
    class: 'service',
    means: 'Two submits ended without an answer, and neither job was ever found.',
    follows: 'Recorded after both deadlines.',
  },
  timeout: { class: 'service', means: 'The job did not end before its deadline.', follows: 'Asked again once.' },
  cancelled: {
    class: 'run',
    means: 'The run was cancelled while the job was in flight.',
    follows: 'Recorded with its call_id.',
  },
  internal: { class: 'run', means: 'tilescribe itself failed.', follows: 'Recorded; please report it.' },
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof ERRORS;
export const ERROR_CODES = Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]];

/** @returns whether a failure counts against `failures.maxPercent`. */
export function isServiceFailure(code: ErrorCode): boolean {
  return ERRORS[code].class === 'service';
}
