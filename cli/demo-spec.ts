import type { SimulatedServiceOptions } from '../local/services/options.ts';

/** What the demo asks, and of whom. */

export const DEMO_BUCKETS = { tiles: 'demo-tiles', results: 'demo-results' } as const;
export const DEMO_PREFIX = 'world/';

export const DEMO_SPEC = {
  dataset: 'blue-marble',
  input: { uri: `s3://${DEMO_BUCKETS.tiles}/${DEMO_PREFIX}` },
  output: { uri: `s3://${DEMO_BUCKETS.results}/captions/` },
  tasks: [
    { id: 'caption', kind: 'caption' },
    { id: 'water', kind: 'vqa', question: 'Is there open water in this image?', answer: { type: 'boolean' } },
    { id: 'cover', kind: 'vqa', question: 'What covers most of the ground?' },
  ],
} as const;

/** Ten times faster than the real ones, and gone soon: a demo shows the shape of things. */
const QUICK = {
  slots: 16,
  inputsPerContainer: 24,
  coldStartSeconds: 2,
  scaledownSeconds: 5,
  latency: { meanSeconds: 0.6, sdSeconds: 0.2 },
} as const satisfies Partial<SimulatedServiceOptions>;

export const DEMO_SERVICES = { services: { caption: QUICK, vqa: QUICK } } as const;
