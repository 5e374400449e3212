import { readFile } from 'node:fs/promises';

/** What a process has used so far, its threads counted in. */
export interface ProcessFigures {
  /** Resident memory at its highest, bytes. */
  readonly peakRssBytes: number;
  readonly cpuSeconds: number;
}

/** The kernel shows times to programs in hundredths of a second, whatever it counts in itself. */
const TICKS_A_SECOND = 100;
/** Fields of /proc/PID/stat behind the name, which is in parentheses: proc_pid_stat(5), utime is field 14. */
const UTIME = 11;

/** @param stat the text of /proc/PID/stat @param status the text of /proc/PID/status */
export function parseProcess(stat: string, status: string): ProcessFigures {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields[UTIME]) + Number(fields[UTIME + 1]);
  const peakKb = /^VmHWM:\s+(\d+) kB$/mu.exec(status)?.[1];
  return { peakRssBytes: Number(peakKb) * 1_024, cpuSeconds: ticks / TICKS_A_SECOND };
}

/** @returns the figures of a process that lives, or null where the system does not tell (only Linux does). */
export async function readProcess(pid: number): Promise<ProcessFigures | null> {
  try {
    return parseProcess(await readFile(`/proc/${pid}/stat`, 'utf8'), await readFile(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return null;
  }
}
