import { csv } from './csv.ts';
import type { Format } from './format.ts';
import { geojsonseq } from './geojsonseq.ts';
import { openaiBatch } from './openai-batch.ts';

/** Everything that a run can be exported as, by its name on the command line. */
export const FORMATS = { 'openai-batch': openaiBatch, geojsonseq, csv } as const satisfies Record<string, Format>;
export type FormatName = keyof typeof FORMATS;

/** U+FEFF: Excel takes a file for UTF-8 only where it begins so. */
export const BYTE_ORDER_MARK = '\uFEFF';
