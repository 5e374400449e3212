/**
 * @param killAt TILESCRIBE_KILL_AT: `<point>` or `<point>:<n>`; null for never.
 * @returns what to call at a point: the worker kills itself there, the n-th time. Fault tests only.
 */
export function killPoints(killAt: string | null): (point: string) => void {
  if (killAt === null) return () => undefined;
  const [point, times] = killAt.split(':');
  let left = Number(times ?? '1');
  return (reached) => {
    if (reached !== point) return;
    left -= 1;
    if (left === 0) process.kill(process.pid, 'SIGKILL');
  };
}
