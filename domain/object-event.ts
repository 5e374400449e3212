/** What happened to one object of a bucket, as S3 tells it. */
export interface ObjectEvent {
  readonly change: 'created' | 'deleted';
  readonly bucket: string;
  /** Byte-exact. */
  readonly key: string;
  /** Without quotes; null of a deletion. */
  readonly etag: string | null;
  /** Null in a bucket without versions. Of a deletion: the one version that is gone for good; null where the object is. */
  readonly versionId: string | null;
  readonly sizeBytes: number | null;
  /** Hex: the order of what happened to one key; null where nothing tells it. */
  readonly sequencer: string | null;
}

/** What one message of a queue says. */
export type EventMessage =
  | {
      readonly kind: 'events';
      readonly events: readonly ObjectEvent[];
      /** How many records tell of something else that happens to objects: tags, replication, storage classes; a message without any is one. */
      readonly others: number;
    }
  /** What S3 sends once when it is told where its events go. */
  | { readonly kind: 'test' }
  | { readonly kind: 'unreadable'; readonly reason: string };

/** @returns a name that no other object has. */
export function objectName({ bucket, key }: Pick<ObjectEvent, 'bucket' | 'key'>): string {
  return `${bucket}/${key}`;
}

/**
 * Sequencers are compared as S3 says: the shorter one is filled up with zeros on its right.
 *
 * @returns whether an event of an object is known to have happened before another, or is that other one.
 */
export function isNoLater(one: Pick<ObjectEvent, 'sequencer'>, other: Pick<ObjectEvent, 'sequencer'>): boolean {
  const [a, b] = [one.sequencer, other.sequencer];
  if (a === null || b === null) return false;
  const length = Math.max(a.length, b.length);
  return a.toUpperCase().padEnd(length, '0') <= b.toUpperCase().padEnd(length, '0');
}

/**
 * @returns which of two events of an object holds: the later one; where nothing tells, a creation, whose run sees what is
 * there, and of two creations or deletions the one that came last.
 */
export function laterEvent(before: ObjectEvent, came: ObjectEvent): ObjectEvent {
  if (isNoLater(came, before)) return before;
  const untold = !isNoLater(before, came);
  return untold && before.change === 'created' && came.change === 'deleted' ? before : came;
}
