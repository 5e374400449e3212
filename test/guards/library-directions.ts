import { everyKind, from, typeFrom, type Direction } from './direction.ts';

/** The folders between activities and the command: what both may use. */
export const LIBRARY_DIRECTIONS: readonly Direction[] = [
  {
    folder: 'audit',
    allowed: [
      from('../domain/run.ts'),
      from('../schema/record.ts'),
      from('../report/harvest-tally.ts'),
      from('../activities/lines.ts'),
      from('../activities/read-object.ts'),
      typeFrom('../ports/object-store.ts'),
      from('node:crypto'),
    ],
    forbidden: [
      ...everyKind('../activities/index.ts'),
      ...everyKind('../adapters/s3/store.ts'),
      from('../cli/screen.ts'),
      from('@temporalio/activity'),
      from('zod'),
    ],
    says: 'audit proves a run through ports',
  },
  {
    folder: 'plan',
    allowed: [
      from('../domain/plan.ts'),
      from('../activities/enumerate.ts'),
      from('../activities/earlier/beside.ts'),
      typeFrom('../ports/object-store.ts'),
      from('../schema/spec.ts'),
      from('node:crypto'),
    ],
    forbidden: [...everyKind('../adapters/s3/store.ts'), from('../cli/screen.ts'), from('@temporalio/activity'), from('zod')],
    says: 'plan says what a run would do',
  },
  {
    folder: 'plan',
    allowed: [],
    forbidden: [from('../activities/index.ts'), from('../activities/merge/merge.ts'), from('../activities/advance/advance.ts')],
    says: 'A plan reads',
  },
  {
    folder: 'current',
    allowed: [
      from('../domain/current.ts'),
      from('../schema/current.ts'),
      from('../activities/lines.ts'),
      from('../activities/put-once.ts'),
      from('../activities/earlier/side-by-side.ts'),
      typeFrom('../ports/pointer-store.ts'),
      from('node:crypto'),
    ],
    forbidden: [
      ...everyKind('../activities/index.ts'),
      ...everyKind('../adapters/s3/store.ts'),
      from('../report/page.ts'),
      from('../cli/screen.ts'),
      from('@temporalio/activity'),
      from('zod'),
    ],
    says: 'current keeps the view through ports',
  },
  {
    folder: 'intake',
    allowed: [
      from('../domain/intake-batch.ts'),
      from('../schema/object-event.ts'),
      from('../activities/put-once.ts'),
      from('../activities/enumerate/key-filter.ts'),
      typeFrom('../ports/event-queue.ts'),
      "import { EventQueueError } from '../ports/event-queue.ts'; console.log(EventQueueError);",
      from('node:crypto'),
    ],
    forbidden: [
      ...everyKind('../activities/index.ts'),
      ...everyKind('../adapters/sqs/queue.ts'),
      from('../cli/screen.ts'),
      from('@aws-sdk/client-sqs'),
      from('zod'),
    ],
    says: 'intake makes runs of events through ports',
  },
];
