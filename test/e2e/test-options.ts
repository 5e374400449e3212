import { PROOF_MINUTES } from './proof-length.ts';

/** Nothing but a program that hangs takes that long, on any machine. */
export const PATIENT = { timeout: (10 + 2 * PROOF_MINUTES) * 60_000 } as const;

/**
 * Of a test whose scene has windows and schedules, which go by the clock: a machine that stands still for some seconds
 * can spoil it. Where CI fails on it, it is played a second time, and the output of the run says so.
 */
export const BY_THE_CLOCK = { ...PATIENT, retry: process.env['CI'] === undefined ? 0 : 1 } as const;
