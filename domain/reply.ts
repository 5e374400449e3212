/**
 * What a service's reply means (services.md section 1). A codec says what was seen; the two tables here say what
 * that means and what follows. First row that fits wins.
 */

/**
 * What kind of body came; `documented` is what the API promises for that call when all is well. `error`: a JSON object
 * with an error. `json`: any other JSON, also one that was cut. `other`: neither JSON nor HTML, or nothing.
 */
export type BodyShape = 'documented' | 'empty_text' | 'error' | 'html' | 'modal_text' | 'json' | 'other';

/** What can happen instead of a reply. */
export type Fault = 'unreachable' | 'reset' | 'timeout' | 'too_long' | 'elsewhere' | 'too_many_redirects';

export interface Seen {
  /** Null where there was no complete reply. */
  readonly status: number | null;
  readonly fault: Fault | null;
  readonly body: BodyShape;
}

/** What a submit may mean. */
export type SubmitMeaning =
  | 'accepted'
  | 'rejected'
  | 'too_large'
  | 'credentials'
  | 'gone'
  | 'busy'
  | 'unavailable'
  | 'unreachable'
  | 'refused'
  | 'elsewhere'
  | 'ambiguous';

/** What a poll may mean. */
export type PollMeaning =
  | 'unreachable'
  | 'unavailable'
  | 'pending'
  | 'done'
  | 'empty'
  | 'broken'
  | 'failing'
  | 'expired'
  | 'gone'
  | 'credentials'
  | 'elsewhere'
  | 'transport';

interface Row<Meaning> {
  readonly status?: readonly number[];
  readonly fault?: readonly Fault[];
  readonly body?: readonly BodyShape[];
  readonly means: Meaning;
}

export const SUBMIT_TABLE: readonly Row<SubmitMeaning>[] = [
  { fault: ['unreachable'], means: 'unreachable' },
  { fault: ['elsewhere'], means: 'elsewhere' },
  { status: [401, 403], means: 'credentials' },
  { status: [404, 405, 410], means: 'gone' },
  { status: [200], body: ['html', 'modal_text'], means: 'gone' },
  // The platform's own refusal says nothing of the request: it must not burn the backlog.
  { status: [400, 422], body: ['modal_text'], means: 'gone' },
  { status: [200, 201, 202], body: ['documented'], means: 'accepted' },
  { status: [413], means: 'too_large' },
  { status: [429], means: 'busy' },
  { status: [503], means: 'unavailable' },
  { status: [500], body: ['error'], means: 'refused' },
  { status: [400, 422], means: 'rejected' },
];

export const POLL_TABLE: readonly Row<PollMeaning>[] = [
  { fault: ['unreachable'], means: 'unreachable' },
  { fault: ['elsewhere'], means: 'elsewhere' },
  { fault: ['too_long'], means: 'broken' },
  { status: [401, 403], means: 'credentials' },
  { status: [404], body: ['error'], means: 'expired' },
  { status: [404, 405, 410], means: 'gone' },
  { status: [202], means: 'pending' },
  { status: [200], body: ['documented'], means: 'done' },
  { status: [200], body: ['empty_text'], means: 'empty' },
  // Whatever is not JSON comes from something before the service, and says nothing of the job.
  { status: [200, 500], body: ['html', 'modal_text', 'other'], means: 'transport' },
  { status: [200], means: 'broken' },
  { status: [503], means: 'unavailable' },
  { status: [500], means: 'failing' },
];

function fits(row: Row<unknown>, seen: Seen): boolean {
  if (row.status !== undefined && (seen.status === null || !row.status.includes(seen.status))) return false;
  if (row.fault !== undefined && (seen.fault === null || !row.fault.includes(seen.fault))) return false;
  return row.body === undefined || row.body.includes(seen.body);
}

const OTHER_REFUSALS = [400, 499] as const;

/** @returns what a reply to a submit means; whatever the table does not know may have started a job. */
export function submitMeaning(seen: Seen): SubmitMeaning {
  const row = SUBMIT_TABLE.find((candidate) => fits(candidate, seen));
  if (row !== undefined) return row.means;
  const refused =
    seen.status !== null && seen.status >= OTHER_REFUSALS[0] && seen.status <= OTHER_REFUSALS[1] && seen.status !== 408;
  return refused ? 'rejected' : 'ambiguous';
}

/** @returns what a reply to a poll means; whatever the table does not know says nothing about the job. */
export function pollMeaning(seen: Seen): PollMeaning {
  return POLL_TABLE.find((candidate) => fits(candidate, seen))?.means ?? 'transport';
}

/** Signs that a service has more work than it can take. Where nothing listens or we are refused there is none. */
const OVERLOAD: Readonly<Record<'submit' | 'poll', { readonly status: readonly number[]; readonly fault: readonly Fault[] }>> = {
  // A submit that was cut off may have become a job, and another one beside it is the last that the service needs.
  submit: { status: [408, 429, 502, 503, 504], fault: ['timeout', 'reset'] },
  poll: { status: [408, 429, 502, 503, 504], fault: ['timeout'] },
};

/** @returns whether a reply says that the service has more work than it can take. */
export function isOverload(call: 'submit' | 'poll', { status, fault }: Pick<Seen, 'status' | 'fault'>): boolean {
  const signs = OVERLOAD[call];
  return (status !== null && signs.status.includes(status)) || (fault !== null && signs.fault.includes(fault));
}

/** The part of a reply that is kept whatever it means; nothing in it is text of the service but `said`. */
interface ReplyFacts {
  /** Of the error as the service gave it, ids and numbers made equal; null where there was none. */
  readonly digest: string | null;
  /** One sentence for people: the status or the fault, and at most the first line of the service's error, redacted. */
  readonly said: string;
  readonly retryAfterMs: number | null;
  /** The service has more work than it can take ({@link isOverload}). */
  readonly overload: boolean;
}

export type SubmitReply = ReplyFacts &
  ({ readonly means: 'accepted'; readonly callId: string } | { readonly means: Exclude<SubmitMeaning, 'accepted'> });

/** The model's answer as it gave it. */
export interface Answer {
  readonly text: string;
  readonly finishReason: string | null;
  readonly completionTokens: number | null;
}

export type PollReply = ReplyFacts &
  ({ readonly means: 'done'; readonly answer: Answer } | { readonly means: Exclude<PollMeaning, 'done'> });
