import { readFileSync } from 'node:fs';

/** @returns the version of tilescribe, from its package.json. */
export function ownVersion(): string {
  const source = new URL(import.meta.url.endsWith('.ts') ? '../package.json' : '../../package.json', import.meta.url);
  return (JSON.parse(readFileSync(source, 'utf8')) as { version: string }).version;
}
