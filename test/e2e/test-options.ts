import { PROOF_MINUTES } from './proof-length.ts';

/** Nothing but a program that hangs takes that long, on any machine. */
const LIMIT_MS = (5 + 2 * PROOF_MINUTES) * 60_000;

/** Of a test in a scene that others have a part in, too. */
export const SHARED_SCENE = { timeout: LIMIT_MS } as const;

/**
 * Of a test with a scene of its own. It is played a second time where CI fails on it: schedules, windows and deadlines
 * go by the clock, and a machine that stands still for some seconds can spoil a scene. What needed that says so in the
 * output of the run.
 */
export const OWN_SCENE = { timeout: LIMIT_MS, retry: process.env['CI'] === undefined ? 0 : 1 } as const;
