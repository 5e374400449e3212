import { z } from 'zod';
import type { CurrentView } from '../domain/current.ts';
import { TASK_KINDS, type TaskKind } from '../domain/spec.ts';
import { check, refuseMistakes } from './mistake.ts';

const COUNT = z.int().min(0);
const PLACE = z.object({ key: z.string(), bucket: z.string(), task_id: z.string() });
const KIND = z.custom<TaskKind>((word) => typeof word === 'string' && Object.hasOwn(TASK_KINDS, word));

const CURRENT_VIEW = z.object({
  schema_version: z.literal(1),
  generation: COUNT,
  updated_at: z.string(),
  records: COUNT,
  runs: z.array(z.object({ run_id: z.string(), started_at: z.string() })),
  parts: z.array(
    z.object({
      uri: z.string(),
      path: z.string(),
      kind: KIND,
      bytes: COUNT,
      lines: COUNT,
      sha256: z.string(),
      tasks: z.record(z.string(), COUNT),
      first: PLACE,
      last: PLACE,
    }),
  ),
}) satisfies z.ZodType<CurrentView>;

/** Reads the pointer of a current view. @param what its address, for where it is damaged. @throws Failure `Internal` */
export function parseCurrentView(document: unknown, what: string): CurrentView {
  const { value, mistakes } = check(CURRENT_VIEW, document);
  refuseMistakes(mistakes, { kind: 'Internal', what });
  if (value === null) throw new TypeError('a document without mistakes has a value');
  return value;
}
