import { describe, expect, it } from 'vitest';
import { repositoryFiles, textOf } from './tree.ts';

const BINARY = /\.(?:png|jpe?g|webp|tiff?|gif|ico|gz|tgz|zip|bin)$/iu;
const LOCK = 'package-lock.json';
/** Packages come from wherever npm is told to fetch them, so the lock file names versions and checksums only. */
const DEFAULT_HOST = 'registry.npmjs.org';

const texts = repositoryFiles().filter((file) => !BINARY.test(file) && !file.startsWith('test/guards/'));

/** @returns `file:line: text` for each line of the repository that the pattern finds. */
function lines(pattern: RegExp, files: readonly string[] = texts): string[] {
  return files.flatMap((file) =>
    textOf(file)
      .split('\n')
      .flatMap((line, at) => (pattern.test(line) ? [`${file}:${at + 1}: ${line.trim().slice(0, 120)}`] : [])),
  );
}

describe('the repository speaks of the product only', () => {
  it('names no path of the machine it was written on', () => {
    expect(lines(/(?:^|[\s"'`(=:])(?:\/root|\/home\/(?!(?:node|someone)\b)\w+|\/work|\/Users\/\w+)\//u)).toEqual([]);
  });

  it('names no package registry', () => {
    expect(
      lines(
        /registry\.(?:npmjs|yarnpkg)\.|artifactory|verdaccio|npmmirror/iu,
        texts.filter((file) => file !== LOCK),
      ),
    ).toEqual([]);
  });

  it('locks packages from the default registry or from none in particular', () => {
    const hosts = [...textOf(LOCK).matchAll(/"resolved": "\w+:\/\/([^/"]+)/gu)].map(([, host]) => host);
    expect(hosts.filter((host) => host !== DEFAULT_HOST)).toEqual([]);
  });

  it('leaves no note to a later day without saying what is missing', () => {
    expect(lines(/\b(?:TODO|FIXME|XXX|HACK)\b/u)).toEqual([]);
  });
});
