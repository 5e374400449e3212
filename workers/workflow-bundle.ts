import { fileURLToPath } from 'node:url';

/** Where the bundle of the workflows is in a build. */
export const WORKFLOW_BUNDLE = fileURLToPath(new URL('../workflow-bundle.js', import.meta.url));
