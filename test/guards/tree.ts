import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

const NOT_OURS = new Set(['node_modules', 'dist', 'coverage', '.git', '.tilescribe']);

/** @returns the paths, from the root, of every file that belongs to the repository, sorted. */
export function repositoryFiles(folder = ''): string[] {
  const entries = readdirSync(path.join(ROOT, folder), { withFileTypes: true });
  const found = entries.flatMap((entry) => {
    const at = path.posix.join(folder, entry.name);
    if (entry.isDirectory()) return NOT_OURS.has(entry.name) ? [] : repositoryFiles(at);
    return entry.isFile() && !entry.name.endsWith('.log') ? [at] : [];
  });
  return found.toSorted();
}

/** @returns the folders at the root that hold the repository's files. */
export function topFolders(): string[] {
  const folders = repositoryFiles().flatMap((file) => (file.includes('/') ? [file.slice(0, file.indexOf('/'))] : []));
  return [...new Set(folders)].toSorted();
}

/** @returns the text of a file of the repository. */
export function textOf(file: string): string {
  return readFileSync(path.join(ROOT, file), 'utf8');
}
