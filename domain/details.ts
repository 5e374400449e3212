import type { RunStatus } from './progress.ts';

/** @returns a few lines of Markdown for the Temporal UI and `temporal workflow metadata`. */
export function detailsOf(status: RunStatus): string {
  const ended = status.ok + status.failed + status.skipped;
  const share = status.expected === 0 ? 0 : Math.floor((100 * ended) / status.expected);
  const errors = Object.entries(status.errors).map(([code, count]) => `${code} ${count}`);
  return [
    `**${status.state}** ${share} % of ${status.expected} (${status.ok} ok, ${status.failed} failed, ${status.skipped} skipped, ${status.in_flight} in flight)`,
    ...(status.reason === null ? [] : [status.reason]),
    ...(status.window_ends_at === undefined ? [] : [`window until ${status.window_ends_at}`]),
    ...(errors.length === 0 ? [] : [`errors: ${errors.join(', ')}`]),
    ...(status.output === null ? [] : [`output: ${status.output}`]),
  ].join('\n\n');
}
