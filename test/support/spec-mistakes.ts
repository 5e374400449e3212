import { Failure } from '../../domain/failure.ts';
import { parseSpec } from '../../schema/spec.ts';

/** A right spec of one task, to be made wrong. */
export const MINIMAL = {
  dataset: 'harbours',
  input: { uri: 's3://imagery/tiles/' },
  output: { uri: 's3://results/harbours/' },
  tasks: [{ id: 'caption', kind: 'caption' }],
};
export const CAPTION = MINIMAL.tasks[0];

export const withTasks = (...tasks: unknown[]): unknown => ({ ...MINIMAL, tasks });

/** @returns the mistakes that `parseSpec` tells of a document, one each; none where it takes it. */
export function mistakes(document: unknown): string[] {
  try {
    parseSpec(document);
  } catch (error) {
    if (!(error instanceof Failure) || error.kind !== 'InvalidSpec') throw error;
    const [, ...lines] = error.message.split('\n');
    return lines.map((line) => line.trim());
  }
  return [];
}
