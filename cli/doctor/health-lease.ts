import { randomUUID } from 'node:crypto';
import { connectTemporal } from '../../adapters/temporal/connection.ts';
import { createLeaseDesk } from '../../adapters/temporal/lease-desk.ts';
import { configuredOf } from '../../domain/ceiling.ts';
import { Failure } from '../../domain/failure.ts';
import type { LeaseReport } from '../../domain/lease.ts';
import type { Configuration, Service } from '../../domain/service.ts';
import { SECOND_MS } from '../../domain/units.ts';

const MARGIN_MS = 30 * SECOND_MS;

/**
 * Does one request under a lease of one HTTP place, so that it is counted where a front end holds a GPU.
 * @throws Failure `Unreachable` where no worker answers or every place is taken.
 */
export async function underLease<T>(service: Service, configuration: Configuration, request: () => Promise<T>): Promise<T> {
  const client = await connectTemporal();
  const desk = createLeaseDesk(client);
  const base: Omit<LeaseReport, 'seq' | 'release' | 'want'> = {
    holder: `doctor/${randomUUID()}/${service.name}/0`,
    service: service.name,
    run: 'doctor',
    priority: 'interactive',
    n: 0,
    inFlight: 0,
    ambiguous: [],
    ttlMs: service.requestSeconds * SECOND_MS + MARGIN_MS,
    limit: null,
    jobMs: null,
    busyMs: 0,
    oldestMs: null,
    httpInUse: 0,
    predecessorOpen: false,
    remains: [],
    configured: configuredOf(service, configuration),
  };
  try {
    const reply = await desk.report({ ...base, seq: 1, want: { jobs: 0, http: 1 }, release: false });
    if (reply.granted.http < 1)
      throw new Failure('Unreachable', `Every HTTP place of ${service.name} is taken; try again later.`);
    return await request();
  } finally {
    await desk.report({ ...base, seq: 2, want: { jobs: 0, http: 0 }, release: true }).catch(() => undefined);
    await client.connection.close();
  }
}
