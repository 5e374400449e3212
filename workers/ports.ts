import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import type { ActivityPorts } from '../activities/index.ts';
import { Answers } from '../activities/advance/answers.ts';
import { PreparedTiles } from '../activities/advance/prepared-tiles.ts';
import { createTakingsReader } from '../activities/takings.ts';
import { createFrozenReader, createRunReader } from '../activities/load-run.ts';
import { keepingFew } from '../activities/keeping-few.ts';
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

interface RangeWanted {
  readonly ref: RunRef;
  readonly range: number;
}

function rangeReader(stores: ActivityPorts['stores']): ActivityPorts['tilesOf'] {
  const read = keepingFew(
    KEPT_RANGES,
    ({ ref, range }: RangeWanted) => `${s3Uri(inRun(ref, ''))}#${range}`,
    (from) => readTilesArray(outputStore(stores, from.ref), from),
  );
  return (ref, range) => read({ ref, range });
}

/** Wires adapters to the activities' ports. */
export function createWorkerPorts(client: Client, { variables, settings, configuration }: WorkerEnvironment): WorkerPorts {
  const stores = createObjectStores(variables);
  const renderer = createTileRenderer({ threads: settings.renderThreads });
  const services = serviceDirectory(configuration, variables);
  const ports: ActivityPorts = {
    stores,
    pointers: (options) => stores.pointers(options),
    renderer,
    configuration,
    desk: createLeaseDesk(client),
    clock: systemClock,
    tiles: new PreparedTiles(renderer),
    answers: new Answers(),
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
