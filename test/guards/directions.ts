/** What one folder may import and may not, as code; several rows where a folder has several sentences. */
export interface Direction {
  readonly folder: string;
  readonly allowed: readonly string[];
  readonly forbidden: readonly string[];
  /** The start of the sentence a forbidden import is answered with. */
  readonly says: string;
}

const from = (specifier: string): string => `import { a } from '${specifier}'; console.log(a);`;
const typeFrom = (specifier: string): string => `import type { A } from '${specifier}'; export type B = A;`;
const everyKind = (specifier: string): string[] => [
  from(specifier),
  typeFrom(specifier),
  `export * from '${specifier}';`,
  `export const a = await import('${specifier}');`,
];

export const DIRECTIONS: readonly Direction[] = [
  {
    folder: 'domain',
    allowed: [from('./units.ts')],
    forbidden: [
      ...everyKind('node:fs'),
      ...everyKind('zod'),
      ...everyKind('../schema/spec.ts'),
      typeFrom('../ports/object-store.ts'),
    ],
    says: 'domain is pure',
  },
  {
    folder: 'schema',
    allowed: [from('zod'), from('fastest-levenshtein'), from('../domain/spec.ts'), from('./field.ts')],
    forbidden: [from('node:fs'), typeFrom('../ports/object-store.ts'), from('../adapters/log.ts'), from('picomatch')],
    says: 'schema turns text into domain values',
  },
  {
    folder: 'ports',
    allowed: [typeFrom('../domain/tile.ts')],
    forbidden: [typeFrom('node:stream'), typeFrom('@aws-sdk/client-s3'), typeFrom('../adapters/s3/store.ts')],
    says: 'ports are interfaces',
  },
  {
    folder: 'report',
    allowed: [from('../domain/balance.ts')],
    forbidden: [from('node:fs'), from('../schema/spec.ts'), typeFrom('../ports/object-store.ts')],
    says: 'report is pure',
  },
  {
    folder: 'export',
    allowed: [from('../domain/record.ts')],
    forbidden: [from('node:fs'), from('../schema/record.ts'), typeFrom('../ports/object-store.ts')],
    says: 'export is pure',
  },
  {
    folder: 'workflows',
    allowed: [from('../domain/pace.ts'), from('@temporalio/workflow'), typeFrom('../activities/index.ts'), from('./lane.ts')],
    forbidden: [
      ...everyKind('zod'),
      ...everyKind('node:crypto'),
      ...everyKind('../schema/spec.ts'),
      ...everyKind('../ports/object-store.ts'),
      ...everyKind('../adapters/s3/store.ts'),
      from('@temporalio/activity'),
    ],
    says: 'workflows are replayed',
  },
  {
    folder: 'workflows',
    allowed: [],
    forbidden: [
      from('../activities/index.ts'),
      "export * from '../activities/index.ts';",
      "export const a = await import('../activities/index.ts');",
    ],
    says: 'Workflows know activities',
  },
  {
    folder: 'activities',
    allowed: [
      from('../domain/log.ts'),
      from('../schema/spec.ts'),
      from('../report/page.ts'),
      typeFrom('../ports/object-store.ts'),
      "import { ObjectStoreError, type ObjectStore } from '../ports/object-store.ts'; export { ObjectStoreError, type ObjectStore };",
      from('@temporalio/activity'),
      from('@temporalio/common'),
      from('picomatch'),
      from('node:crypto'),
      from('node:fs/promises'),
    ],
    forbidden: [
      ...everyKind('../adapters/s3/store.ts'),
      ...everyKind('../workflows/run.ts'),
      from('undici'),
      from('@aws-sdk/client-s3'),
    ],
    says: 'activities reach the world through ports',
  },
  { folder: 'activities', allowed: [], forbidden: [from('../ports/object-store.ts')], says: 'Ports are interfaces' },
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
    folder: 'adapters/s3',
    allowed: [
      from('@aws-sdk/client-s3'),
      from('../../domain/layout.ts'),
      typeFrom('../../ports/object-store.ts'),
      from('../http/agent.ts'),
      from('node:stream'),
    ],
    forbidden: [
      ...everyKind('../sharp/decode.ts'),
      ...everyKind('../../activities/index.ts'),
      from('undici'),
      from('../../schema/spec.ts'),
      from('zod'),
    ],
    says: 'An adapter imports',
  },
  {
    folder: 'adapters/sqs',
    allowed: [from('@aws-sdk/client-sqs')],
    forbidden: [from('../s3/store.ts'), from('@aws-sdk/client-s3')],
    says: 'An adapter imports',
  },
  {
    folder: 'adapters/sharp',
    allowed: [from('sharp'), from('geotiff'), from('piscina')],
    forbidden: [from('../s3/store.ts'), from('undici')],
    says: 'An adapter imports',
  },
  {
    folder: 'adapters/http',
    allowed: [from('undici')],
    forbidden: [from('../services/runner.ts'), from('sharp')],
    says: 'An adapter imports',
  },
  {
    folder: 'adapters/services',
    allowed: [from('../http/agent.ts')],
    forbidden: [from('undici'), from('../../local/services.ts')],
    says: 'An adapter imports',
  },
  {
    folder: 'adapters/temporal',
    allowed: [from('@temporalio/client'), from('@temporalio/envconfig')],
    forbidden: [from('../s3/store.ts'), from('@temporalio/worker')],
    says: 'An adapter imports',
  },
  {
    folder: 'adapters/new',
    allowed: [from('../http/agent.ts')],
    forbidden: [from('ftp'), from('../s3/store.ts')],
    says: 'An adapter imports',
  },
  {
    folder: 'adapters',
    allowed: [from('pino')],
    forbidden: [from('./../schema/spec.ts')],
    says: 'Write the shortest relative path',
  },
  {
    folder: 'cli',
    allowed: [
      from('../domain/run.ts'),
      from('../schema/spec.ts'),
      from('../report/page.ts'),
      from('../export/formats.ts'),
      from('../audit/audit.ts'),
      from('../adapters/temporal/client.ts'),
      from('../adapters/s3/store.ts'),
      from('../workflows/messages.ts'),
      typeFrom('../workflows/run.ts'),
      "export const a = await import('../local/stack.ts');",
      from('commander'),
      from('node:path'),
    ],
    forbidden: [
      ...everyKind('../workers/index.ts'),
      ...everyKind('../activities/index.ts'),
      from('../adapters/services/runner.ts'),
      from('../bench/index.ts'),
      from('undici'),
    ],
    says: 'cli imports domain',
  },
  {
    folder: 'cli',
    allowed: [],
    forbidden: [from('../workflows/run.ts'), from('../workflows/index.ts')],
    says: 'cli knows workflows',
  },
  {
    folder: 'local',
    allowed: [from('../domain/service.ts'), from('sharp'), from('node:child_process')],
    forbidden: [
      ...everyKind('../adapters/services/runner.ts'),
      from('../workers/index.ts'),
      from('../schema/spec.ts'),
      from('@temporalio/worker'),
    ],
    says: 'local imports domain',
  },
  {
    folder: 'workers',
    allowed: [
      from('../adapters/s3/store.ts'),
      from('../activities/index.ts'),
      from('../schema/spec.ts'),
      from('@temporalio/worker'),
      from('../domain/run.ts'),
    ],
    forbidden: [...everyKind('../cli/index.ts'), ...everyKind('../local/stack.ts'), ...everyKind('../test/support/store.ts')],
    says: 'workers wire everything',
  },
  { folder: 'domain', allowed: [], forbidden: [from('../domain/../schema/spec.ts')], says: 'Write the shortest relative path' },
  { folder: 'bench', allowed: [from('../workers/index.ts'), from('../local/stack.ts')], forbidden: [], says: '' },
];
