import type { NamedQuestion } from '../../domain/owed.ts';
import type { ClosedRun } from '../closed-runs.ts';
import type { FormerStrand } from '../former-strand.ts';
import { questionsOf } from '../harvest/question.ts';

/** A closed run with its strands, as far as they were read. */
export interface ReadRun extends ClosedRun {
  readonly strands: readonly FormerStrand[];
}

/** A closed run with what it asked. */
export interface EarlierRun extends ReadRun {
  /** By task id. */
  readonly questions: ReadonlyMap<string, NamedQuestion>;
}

/** @returns the run with its questions, by which its records are known again. */
export function earlierRun(read: ReadRun): EarlierRun {
  const questions = questionsOf(read.run).map(({ task, id, asked }) => [task.id, { id, asked }] as const);
  return { ...read, questions: new Map(questions) };
}
