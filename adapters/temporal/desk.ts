import type { Client } from '@temporalio/client';
import { connectTemporal, temporalAddress } from './connection.ts';
import { temporalFailure } from './failure.ts';

/** An open connection to the Temporal server that the environment names. */
export interface Desk {
  readonly client: Client;
  readonly address: string;
  readonly namespace: string;
  /** Does one thing at the server, within `withinMs`; its errors are Failures. */
  ask<T>(work: () => Promise<T>, about?: { readonly runId?: string; readonly withinMs?: number }): Promise<T>;
  close(): Promise<void>;
}

const WITHIN_MS = 10_000;

/** @throws Failure `Unreachable`, `InvalidConfiguration` */
export async function openDesk(): Promise<Desk> {
  const { address, namespace } = temporalAddress();
  const client = await connectTemporal();
  return {
    client,
    address,
    namespace,
    ask: async (work, { runId, withinMs = WITHIN_MS } = {}) => {
      try {
        return await client.connection.withDeadline(Date.now() + withinMs, work);
      } catch (error) {
        throw temporalFailure(error, { address, namespace, ...(runId === undefined ? {} : { runId }) });
      }
    },
    close: () => client.connection.close(),
  };
}
