import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import type { ActivityPorts } from '../activities/index.ts';
import { PreparedTiles } from '../activities/advance/prepared-tiles.ts';
import { createTakingsReader } from '../activities/takings.ts';
import { createFrozenReader, createRunReader } from '../activities/load-run.ts';
import { readTilesArray } from '../activities/manifest-reader.ts';
import { outputStore } from '../activities/output-store.ts';
import { systemClock } from '../adapters/clock.ts';
import { createObjectStores } from '../adapters/s3/store.ts';
import { createTileRenderer } from '../adapters/sharp/renderer.ts';
import { createLeaseDesk } from '../adapters/temporal/lease-desk.ts';
import { createRunRegistry } from '../adapters/temporal/run-registry.ts';
import { missingSearchAttributes } from '../adapters/temporal/search-attributes.ts';
import { inRun, s3Uri } from '../domain/layout.ts';
import type { RunRef } from '../domain/run.ts';
import type { Tile } from '../domain/tile.ts';
import { SECOND_MS } from '../domain/units.ts';
import type { WorkerEnvironment } from './environment.ts';
import { killPoints } from './kill-point.ts';
import { serviceDirectory } from './service-directory.ts';
import { VERSIONS } from './versions.ts';

/** Everything a worker works with, and how it is put away again. */
export interface WorkerPorts {
  readonly ports: ActivityPorts;
  close(): Promise<void>;
}

/** Ranges whose tiles are kept in memory: those that the strands of a worker are in. */
const KEPT_RANGES = 8;

function rangeReader(stores: ActivityPorts['stores']): (ref: RunRef, range: number) => Promise<readonly Tile[]> {
  const kept = new Map<string, Promise<readonly Tile[]>>();
  return async (ref, range) => {
    const name = `${s3Uri(inRun(ref, ''))}#${range}`;
    const tiles = kept.get(name) ?? readTilesArray(outputStore(stores, ref), { ref, range });
    kept.delete(name);
    kept.set(name, tiles);
    const [oldest] = kept.keys();
    if (kept.size > KEPT_RANGES && oldest !== undefined) kept.delete(oldest);
    try {
      return await tiles;
    } catch (error) {
      kept.delete(name);
      throw error;
    }
  };
}

/** Wires adapters to the activities' ports. */
export function createWorkerPorts(client: Client, { variables, settings, configuration }: WorkerEnvironment): WorkerPorts {
  const stores = createObjectStores(variables);
  const renderer = createTileRenderer({ threads: settings.renderThreads });
  const services = serviceDirectory(configuration, variables);
  const ports: ActivityPorts = {
    stores,
    renderer,
    configuration,
    desk: createLeaseDesk(client),
    clock: systemClock,
    tiles: new PreparedTiles(renderer),
    versions: VERSIONS,
    nonce: randomUUID,
    sliceSeconds: settings.sliceSeconds,
    unreachableMs: settings.unreachableSeconds * SECOND_MS,
    historyEvents: settings.historyEvents,
    reached: killPoints(settings.killAt),
    readRun: createRunReader(stores),
    readFrozen: createFrozenReader(stores),
    tilesOf: rangeReader(stores),
    takings: createTakingsReader(stores),
    registry: createRunRegistry(client),
    service: (name) => services.get(name),
    outputStore: (ref) => outputStore(stores, ref),
    searchAttributes: async () => (await missingSearchAttributes(client))?.length === 0,
  };
  const close = async (): Promise<void> => {
    await Promise.all([renderer.close(), services.close()]);
    stores.close();
  };
  return { ports, close };
}
