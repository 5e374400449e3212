import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

const SOURCE = fileURLToPath(new URL('../../workflows/index.ts', import.meta.url));
let bundled: Promise<{ code: string }> | undefined;

/** @returns the workflows as the worker runs them, bundled once for a test file. */
export function workflowBundle(): Promise<{ code: string }> {
  bundled ??= bundleWorkflowCode({ workflowsPath: SOURCE, logger: new DefaultLogger('ERROR', () => {}) });
  return bundled;
}
