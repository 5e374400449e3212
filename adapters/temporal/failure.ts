import { isGrpcServiceError, ServiceError } from '@temporalio/client';
import { NamespaceNotFoundError, WorkflowNotFoundError } from '@temporalio/common';
import { Failure, type FailureKind } from '../../domain/failure.ts';

/** What was asked of Temporal, for the sentence that says why it failed. */
export interface Question {
  /** `host:port` */
  readonly address: string;
  readonly namespace: string;
  readonly runId?: string;
}

/** The codes of gRPC that mean something of their own here. */
export const GRPC = {
  cancelled: 1,
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  permissionDenied: 7,
  failedPrecondition: 9,
  unavailable: 14,
  unauthenticated: 16,
} as const;

/** The reply of a server that refused, or of the client that could not reach it. */
export interface GrpcReply {
  readonly code: number;
  readonly details: string;
}

/** @returns code and details of a gRPC error, also of one that the client has wrapped; null of any other error. */
export function grpcReply(error: unknown): GrpcReply | null {
  const inner = error instanceof ServiceError ? error.cause : error;
  return isGrpcServiceError(inner) ? { code: inner.code, details: inner.details } : null;
}

const REFUSED =
  'Check TEMPORAL_API_KEY, the TLS variables and the profile (TEMPORAL_PROFILE), and that they may use this namespace.';

/** @returns why an order does nothing to a run. */
export function endedAlready(runId: string): string {
  return `Run ${runId} has ended already, and nothing was changed; \`tilescribe status ${runId}\` says how it ended.`;
}

function unknownRun({ runId = '' }: Question, details: string): string {
  return details.includes('already completed')
    ? endedAlready(runId)
    : `There is no run ${runId}. \`tilescribe list\` shows those that Temporal knows; it forgets ended ones: name those as s3://…/run=${runId}/.`;
}

interface Row {
  readonly kind: FailureKind;
  readonly sentence: (question: Question, details: string) => string;
}

const ROWS: Readonly<Record<number, Row>> = {
  [GRPC.deadlineExceeded]: {
    kind: 'Unreachable',
    sentence: ({ address }) => `Temporal at ${address} did not answer in time. Check that it is up, and TEMPORAL_ADDRESS.`,
  },
  [GRPC.unavailable]: {
    kind: 'Unreachable',
    sentence: ({ address }) => `Temporal at ${address} cannot be reached. Check that it is up, and TEMPORAL_ADDRESS.`,
  },
  [GRPC.notFound]: { kind: 'NotFound', sentence: unknownRun },
  [GRPC.permissionDenied]: {
    kind: 'Denied',
    sentence: ({ address, namespace }) => `Temporal at ${address} refused namespace ${namespace}. ${REFUSED}`,
  },
  [GRPC.unauthenticated]: {
    kind: 'Denied',
    sentence: ({ address }) => `Temporal at ${address} did not take the credentials. ${REFUSED}`,
  },
};

/** @returns the error as a complete Failure; what is one already stays as it is. */
export function temporalFailure(error: unknown, question: Question): Failure {
  if (error instanceof Failure) return error;
  const { address, namespace } = question;
  if (error instanceof NamespaceNotFoundError) {
    const sentence = `Temporal at ${address} has no namespace ${namespace}. Set TEMPORAL_NAMESPACE to one of its own, or create it.`;
    return new Failure('InvalidConfiguration', sentence, { cause: error });
  }
  const reply = error instanceof WorkflowNotFoundError ? { code: GRPC.notFound, details: error.message } : grpcReply(error);
  const row = reply === null ? undefined : ROWS[reply.code];
  if (row !== undefined) return new Failure(row.kind, row.sentence(question, reply?.details ?? ''), { cause: error });
  const said = reply?.details ?? (error instanceof Error ? error.message : String(error));
  return new Failure('Internal', `Temporal at ${address} answered in a way that is not understood: ${said}.`, { cause: error });
}
