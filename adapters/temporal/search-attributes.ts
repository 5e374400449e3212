import type { Client } from '@temporalio/client';
import { defineSearchAttributeKey, TypedSearchAttributes } from '@temporalio/common';
import { SEARCH_ATTRIBUTES } from '../../domain/temporal-names.ts';

/** @returns what a run is found by from its start on. @param trigger who starts it. */
export function startAttributes(dataset: string, trigger: 'cli' | 'schedule' | 'backfill' | 'event'): TypedSearchAttributes {
  return new TypedSearchAttributes([
    { key: defineSearchAttributeKey(SEARCH_ATTRIBUTES.dataset, 'KEYWORD'), value: dataset },
    { key: defineSearchAttributeKey(SEARCH_ATTRIBUTES.state, 'KEYWORD'), value: 'enumerating' },
    { key: defineSearchAttributeKey(SEARCH_ATTRIBUTES.trigger, 'KEYWORD'), value: trigger },
  ]);
}

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
