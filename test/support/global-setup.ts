import type { TestProject } from 'vitest/node';
import { childEnvironment } from '../../local/environment.ts';
import { startStack } from '../../local/stack.ts';

/**
 * Starts one Temporal and one S3 server for the whole test run. Servers that the environment names are not used: a
 * test run must not write to them.
 */
export default async function startSharedServers(project: TestProject): Promise<() => Promise<void>> {
  const { temporal, s3, environment, close } = await startStack({
    environment: childEnvironment(process.env, {}),
    // Timers below a second take about a second otherwise.
    dynamicConfig: { 'history.timerProcessorMaxTimeShift': '"1ms"' },
    progress: (line) => process.stderr.write(`${line}\n`),
  });
  project.provide('servers', { temporal, s3, environment });
  return close;
}
