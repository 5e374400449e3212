import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { repositoryFiles, ROOT, textOf, topFolders } from './tree.ts';

const LONGEST_FILE = 250;
/** Names that say nothing about what is inside. */
const EMPTY_NAMES = /(?:^|[-_./])(?:utils?|helpers?|commons?|managers?|misc|shared)(?:[-_./]|$)/iu;

const code = repositoryFiles().filter((file) => file.endsWith('.ts'));

/** @returns the folders that the tree in docs/architecture.md names, in its order. */
function documentedFolders(): string[] {
  const [, tree] = /```text\ntilescribe\/\n(.*?)```/su.exec(textOf('docs/architecture.md')) ?? [];
  return [...(tree ?? '').matchAll(/^[├└]── ([\w.-]+)\/(?:\s|$)/gmu)].map(([, folder]) => folder ?? '');
}

describe('the code stays small', () => {
  it(`no file is longer than ${LONGEST_FILE} lines`, () => {
    const lines = (file: string): number => textOf(file).trimEnd().split('\n').length;
    expect(code.filter((file) => lines(file) > LONGEST_FILE)).toEqual([]);
  });

  it('nobody silences the rules about sizes', () => {
    const silenced = code.filter((file) => /(?:oxlint|eslint)-disable[^\n]*max-/u.test(textOf(file)));
    expect(silenced).toEqual([]);
  });

  it('every file is named after what is in it', () => {
    expect(code.filter((file) => EMPTY_NAMES.test(file))).toEqual([]);
  });
});

describe('the tree in docs/architecture.md', () => {
  const folders = topFolders().filter((folder) => !folder.startsWith('.'));

  it('names every folder at the root', () => {
    expect(folders.filter((folder) => !documentedFolders().includes(folder))).toEqual([]);
  });

  it('names no folder that is not there', () => {
    const missing = documentedFolders().filter((folder) => !existsSync(path.join(ROOT, folder)));
    expect(missing).toEqual([]);
  });
});
