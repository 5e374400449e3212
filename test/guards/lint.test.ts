import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Complaint, oxlint } from './oxlint.ts';
import { ROOT } from './tree.ts';

const SIZES = /max-lines|max-lines-per-function|max-params/u;

describe('the whole tree', () => {
  let complaints: readonly Complaint[] = [];
  const about = (rule: RegExp): string[] =>
    complaints.filter((found) => rule.test(found.rule)).map(({ file, help }) => `${file}: ${help}`);

  beforeAll(() => {
    complaints = oxlint(ROOT, path.join(ROOT, '.oxlintrc.json'));
  });

  it('imports only in the directions of .oxlintrc.json', () => {
    expect(about(/no-restricted-imports/u)).toEqual([]);
  });

  it('has no function longer than 50 lines or with more than three parameters', () => {
    expect(about(SIZES)).toEqual([]);
  });
});
