import { beforeAll, describe, expect, it } from 'vitest';
import { workflowBundle } from './bundle.ts';

const LARGEST_BYTES = 2_500_000;
/** What the SDK itself brings. */
const PACKAGES = new Set(['@temporalio', 'long', 'nexus-rpc']);

describe('the bundle of the workflows', () => {
  let code = '';
  let modules: string[] = [];
  beforeAll(async () => {
    ({ code } = await workflowBundle());
    const withoutMap = code.slice(0, code.lastIndexOf('//# sourceMappingURL='));
    modules = [...withoutMap.matchAll(/"(\.\/[^"\n]+\.[jt]s)"/gu)].map(([, path]) => path ?? '');
  });

  it('holds domain and workflows, and no other folder of ours', () => {
    const ours = modules.filter((path) => !path.includes('node_modules/'));
    expect(ours).toContain('./workflows/run.ts');
    expect(new Set(ours.map((path) => path.split('/')[1]))).toEqual(new Set(['domain', 'workflows']));
  });

  it('holds no package but those of the SDK', () => {
    const packages = modules.flatMap((path) =>
      path
        .split('node_modules/')
        .slice(1)
        .map((rest) => rest.split('/')[0] ?? ''),
    );
    expect(packages.length).toBeGreaterThan(0);
    expect(packages.filter((name) => !PACKAGES.has(name))).toEqual([]);
  });

  it('asks for nothing of Node', () => {
    expect(code).not.toMatch(/["'](?:external )?node:/u);
  });

  it(`stays below ${LARGEST_BYTES / 1e6} MB, so that a worker starts quickly`, () => {
    expect(code.length).toBeLessThan(LARGEST_BYTES);
  });
});
