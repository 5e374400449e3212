import { Failure, type FailureKind } from '../domain/failure.ts';
import { ObjectStoreError, type ObjectStoreProblem } from '../ports/object-store.ts';

/** What could not be reached: one of the two places of a spec, or the object that holds it. */
export type Side = 'input' | 'output' | 'spec';

interface Advice {
  readonly kind: FailureKind;
  readonly todo: string;
}

const CREDENTIALS =
  'Give the workers valid credentials: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, AWS_PROFILE, or a role of the machine.';
const REACH =
  'Check the network of the workers, AWS_REGION and AWS_ENDPOINT_URL, and the request quota where fewer requests are asked for; it is tried again until then.';
const AS_NAMED = 'Mend what S3 names there; the same request would be refused again.';

const SHARED = {
  credentials: { kind: 'Denied', todo: CREDENTIALS },
  unreachable: { kind: 'Unreachable', todo: REACH },
  refused: { kind: 'Denied', todo: AS_NAMED },
  changed: { kind: 'InvalidSpec', todo: 'It must not change while it is read; start a run with a new id.' },
  archived: { kind: 'NotFound', todo: 'Restore the object from its archive, then run again.' },
  too_large: { kind: 'InvalidSpec', todo: 'Name a smaller object.' },
} as const satisfies Partial<Record<ObjectStoreProblem, Advice>>;

const ADVICE: Record<Side, Record<ObjectStoreProblem, Advice>> = {
  input: {
    ...SHARED,
    denied: {
      kind: 'Denied',
      todo: 'Allow the workers s3:ListBucket and s3:GetObject for input.uri; where the reader pays, set input.requestPayer to true.',
    },
    no_bucket: { kind: 'NotFound', todo: 'Correct the bucket in input.uri.' },
    missing: { kind: 'NotFound', todo: 'Correct input.uri.' },
    wrong_region: { kind: 'InvalidSpec', todo: 'Set input.region to the region of the bucket.' },
  },
  output: {
    ...SHARED,
    denied: {
      kind: 'Denied',
      todo: 'Allow the workers s3:PutObject, s3:GetObject, s3:AbortMultipartUpload and s3:ListBucket for output.uri, and the key of output.sseKmsKeyId where there is one.',
    },
    no_bucket: { kind: 'NotFound', todo: 'Create the bucket, or correct output.uri.' },
    missing: { kind: 'NotFound', todo: 'Something deleted what the run had written; start a run with a new id.' },
    wrong_region: { kind: 'InvalidConfiguration', todo: 'Set AWS_REGION of the workers to the region of the output bucket.' },
  },
  spec: {
    ...SHARED,
    denied: { kind: 'Denied', todo: 'Allow the workers s3:GetObject for the run spec.' },
    no_bucket: { kind: 'NotFound', todo: 'Correct the bucket in the address of the run spec.' },
    missing: { kind: 'NotFound', todo: 'Put the run spec there, or correct its address.' },
    wrong_region: { kind: 'InvalidConfiguration', todo: 'Set AWS_REGION of the workers to the region of its bucket.' },
  },
};

function sentence(text: string): string {
  return /[.!?]$/u.test(text) ? text : `${text}.`;
}

/** @returns the Failure that an {@link ObjectStoreError} means, with what to do; any other error as it is. */
export function s3Failure(error: unknown, side: Side): unknown {
  if (!(error instanceof ObjectStoreError)) return error;
  const { kind, todo } = ADVICE[side][error.problem];
  return new Failure(kind, `${sentence(error.fact)} ${todo}`, { cause: error });
}

/** Does what `work` does, with its S3 errors as Failures. */
export async function withS3Failures<T>(side: Side, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw s3Failure(error, side);
  }
}
