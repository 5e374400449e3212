import { runPlace } from '../domain/layout.ts';
import { inputsOfEnded } from './frozen-tiles.ts';
import type { RunLook } from './ports.ts';
import type { Table } from './table.ts';

/** Temporal forgets closed runs, S3 does not. @throws Failure, ObjectStoreError */
export async function lookAt({ ports, settings }: Table, runId: string): Promise<RunLook> {
  const look = await ports.runs.look(runId);
  if (look !== 'unknown') return look;
  const inputs = await inputsOfEnded(ports.store, runPlace(settings.spec.output.uri, runId));
  return inputs === null ? 'unknown' : 'ended';
}
