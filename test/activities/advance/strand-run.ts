import type { Run, RunRef } from '../../../domain/run.ts';
import { SERVICE_DEFAULTS, type Service } from '../../../domain/service.ts';
import type { TaskSpec } from '../../../domain/spec.ts';
import { PREP_VERSION } from '../../../domain/tile.ts';
import { DEFAULT_IMAGE } from '../../support/pictures.ts';

export const LANE = 'seer';
export const REF: RunRef = { bucket: 'bucket', prefix: 'out/run=r1/', runId: 'r1' };
export const LOG_PREFIX = `${REF.prefix}_work/${LANE}/0/`;

export const SERVICE: Service = {
  ...SERVICE_DEFAULTS,
  name: LANE,
  api: 'qwen-vl',
  baseUrl: 'https://seer.example',
  model: 'a-model',
  headers: {},
  insecure: false,
  assumed: [],
};

function taskOf(id: string): TaskSpec {
  return { id, kind: 'caption', prompt: id, maxTokens: 128, temperature: 0, answer: null, service: LANE };
}

/** @returns a run of one lane that asks these tasks. */
export function runOf(ids: readonly string[], of: { maxPercent: number; rangeTiles: number }): Run {
  const tasks = ids.map(taskOf);
  const { maxPercent, rangeTiles } = of;
  return {
    runId: REF.runId,
    spec: {
      dataset: 'd',
      input: { uri: 's3://bucket/in/', requestPayer: false },
      output: { uri: 's3://bucket/out/' },
      tasks,
      image: DEFAULT_IMAGE,
      priority: 'nightly',
      failures: { maxPercent },
    },
    services: { [LANE]: SERVICE },
    lanes: [{ service: LANE, tasks, strands: 1 }],
    rangeTiles,
    startedAt: '2026-01-01T00:00:00Z',
    preparation: PREP_VERSION,
  };
}
