import { z } from 'zod';
import type { IntakeRegister } from '../domain/intake-register.ts';
import { check, refuseMistakes } from './mistake.ts';

const COUNT = z.int().min(0);
const REGISTER = z.object({
  schema_version: z.literal(1),
  next: COUNT,
  claims: z.array(z.object({ n: COUNT, run_id: z.string() })),
});

/** @param what its address, for where it is damaged. @throws Failure `Internal` */
export function parseIntakeRegister(document: unknown, what: string): IntakeRegister {
  const { value, mistakes } = check(REGISTER, document);
  refuseMistakes(mistakes, { kind: 'Internal', what });
  if (value === null) throw new TypeError('a document without mistakes has a value');
  return { next: value.next, claims: value.claims.map(({ n, run_id: runId }) => ({ n, runId })) };
}
