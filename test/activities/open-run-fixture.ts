import { createOpenRun, type OpenedRun } from '../../activities/open-run.ts';
import type { Configuration } from '../../domain/service.ts';
import type { StoreCall } from '../support/store-hooks.ts';
import { CONFIGURATION, type RunStore } from './run-fixture.ts';

export const SPEC = {
  dataset: 'harbours',
  input: { uri: 's3://images/t/' },
  output: { uri: 's3://results/o/' },
  tasks: [
    { id: 'caption', kind: 'caption' },
    { id: 'ships', kind: 'vqa', question: 'How many ships?', answer: { type: 'integer' } },
    { id: 'clouds', kind: 'vqa', question: 'Is it cloudy?' },
  ],
};
export const RUN_JSON = 's3://results/o/run=h-1/run.json';
export const STARTED = '2026-02-03T04:05:06.000Z';

let probes = 0;
/** Opens run `h-1` over the tiles of the store. */
export function open(
  store: RunStore,
  over: { spec?: object; configuration?: Configuration; runId?: string; startedAt?: string } = {},
): Promise<OpenedRun> {
  const nonce = (): string => `n${(probes += 1)}`;
  const versions = { tilescribe: '0.1.0', node: '20' };
  const activity = createOpenRun({ stores: store, configuration: over.configuration ?? CONFIGURATION, versions, nonce });
  return activity({ spec: { ...SPEC, ...over.spec }, runId: over.runId ?? 'h-1', startedAt: over.startedAt ?? STARTED });
}

export const isProbe = ({ verb, key }: StoreCall): boolean => verb === 'put' && key.includes('/_work/probe/');
