import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DIRECTIONS } from './directions.ts';
import { type Complaint, oxlint } from './oxlint.ts';
import { repositoryFiles, textOf } from './tree.ts';

const tree = mkdtempSync(path.join(os.tmpdir(), 'tilescribe-imports-'));
let complaints: readonly Complaint[] = [];

function fileOf(row: number, verdict: 'allowed' | 'forbidden', column: number): string {
  return `${DIRECTIONS[row]?.folder}/${verdict}-${row}-${column}.ts`;
}

function plant(file: string, code: string): void {
  mkdirSync(path.join(tree, path.dirname(file)), { recursive: true });
  writeFileSync(path.join(tree, file), code);
}

/** The repository's rules, without the type-aware ones: snippets import files that do not exist. */
function plantConfig(): void {
  plant('.oxlintrc.json', JSON.stringify({ ...JSON.parse(textOf('.oxlintrc.json')), options: { typeAware: false } }));
}

function importComplaints(file: string): readonly Complaint[] {
  return complaints.filter((found) => found.file.endsWith(file) && found.rule.includes('no-restricted-imports'));
}

beforeAll(() => {
  plantConfig();
  for (const [row, { allowed, forbidden }] of DIRECTIONS.entries()) {
    for (const [column, code] of allowed.entries()) plant(fileOf(row, 'allowed', column), code);
    for (const [column, code] of forbidden.entries()) plant(fileOf(row, 'forbidden', column), code);
  }
  complaints = oxlint(tree, path.join(tree, '.oxlintrc.json'));
});
afterAll(() => {
  rmSync(tree, { recursive: true });
});

describe('import directions', () => {
  for (const [row, { folder, allowed, forbidden, says }] of DIRECTIONS.entries()) {
    for (const [column, code] of allowed.entries()) {
      it(`${folder} may say: ${code}`, () => {
        expect(importComplaints(fileOf(row, 'allowed', column))).toEqual([]);
      });
    }
    for (const [column, code] of forbidden.entries()) {
      it(`${folder} may not say: ${code}`, () => {
        expect(importComplaints(fileOf(row, 'forbidden', column)).map(({ help }) => help)).toContainEqual(
          expect.stringContaining(says),
        );
      });
    }
  }

  it('cli loads local only when a command needs it', () => {
    const early = repositoryFiles('cli').filter((file) =>
      /^(?:import|export)\s(?!type)[^;]*from '[./]*\/local\//mu.test(textOf(file)),
    );
    expect(early).toEqual([]);
  });

  it('nobody silences them', () => {
    const code = repositoryFiles().filter((file) => file.endsWith('.ts') && !file.startsWith('test/guards/'));
    expect(code.filter((file) => /(?:oxlint|eslint)-disable.*no-restricted-imports/u.test(textOf(file)))).toEqual([]);
  });
});
