import type { Client } from '@temporalio/client';
import { SEARCH_ATTRIBUTES } from '../../domain/temporal-names.ts';

/** @returns the search attributes of ours that the namespace does not have; null where the server does not say. */
export async function missingSearchAttributes(client: Client): Promise<string[] | null> {
  try {
    const { customAttributes } = await client.connection.operatorService.listSearchAttributes({
      namespace: client.options.namespace,
    });
    return Object.values(SEARCH_ATTRIBUTES).filter((name) => customAttributes?.[name] === undefined);
  } catch {
    return null;
  }
}
