import type { S3Location } from '../domain/layout.ts';

/**
 * The right to delete, apart from the object store: nothing that makes or reads a run has it.
 */
export interface ObjectRemover {
  /** Removes an object; where none is there already is nothing to do. @throws ObjectStoreError */
  remove(at: S3Location): Promise<void>;
}
