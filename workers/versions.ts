import { createRequire } from 'node:module';
import sharp from 'sharp';

function packageVersion(): string {
  const here = createRequire(import.meta.url);
  for (const path of ['../package.json', '../../package.json']) {
    try {
      const { name, version } = here(path) as { name?: string; version?: string };
      if (name === 'tilescribe' && version !== undefined) return version;
    } catch {
      // The source tree and the build stand at different depths below package.json.
    }
  }
  return 'unknown';
}

/** What makes the output, for run.json. */
export const VERSIONS: Readonly<Record<string, string>> = {
  tilescribe: packageVersion(),
  node: process.versions.node,
  sharp: sharp.versions.sharp ?? 'unknown',
  libvips: sharp.versions.vips,
};
