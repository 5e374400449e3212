import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { extract } from 'tar';
import { download } from './download.ts';
import { goInstall, locateBinary } from './go.ts';
import type { Recipe, Way } from './program.ts';

/** The newest version that `go install` takes; later ones carry replace directives. Its server is 1.29.1. */
const VERSION = '1.5.1';
const RELEASES = 'https://github.com/temporalio/cli/releases/download';

/** SHA-256 of the archives of release 1.5.1, by Node's platform and architecture. */
const ARCHIVES: Readonly<Record<string, { readonly name: string; readonly sha256: string }>> = {
  'linux-x64': { name: 'linux_amd64', sha256: 'ddc95e08b0b076efd4ea9733a3f488eb7d2be875f8834e616cd2a37358b4852d' },
  'linux-arm64': { name: 'linux_arm64', sha256: 'bd1b0db9f18b051026de8bf6cc1505f2510f14bbb7a8b9a4a91fff46c77454f5' },
  'darwin-arm64': { name: 'darwin_arm64', sha256: 'cca01b7ea35ad56e2a328d9ae596bf716bd22313ef63c7a761c88354457c2415' },
  'darwin-x64': { name: 'darwin_amd64', sha256: 'bbb73e2a31135abe50a1f1cdb35030c42961df618e8ce9c60ae89f201540c5d9' },
};

export interface ReleaseOptions {
  /** Where releases are, without the version; the project's own page unless told. */
  readonly baseUrl?: string;
  /** `process.platform` and `process.arch` with a hyphen between; this machine's unless told. */
  readonly platform?: string;
  /** Instead of the pinned checksum; hexadecimal. */
  readonly sha256?: string;
  /** Give up when nothing has come for so long; 5 s unless told. */
  readonly quietMs?: number;
}

/** How the `temporal` command comes onto this machine: as the release archive, else built from source. */
export function temporalRecipe(options: ReleaseOptions = {}): Recipe {
  return {
    name: 'Temporal',
    version: VERSION,
    executable: 'temporal',
    ways: [
      releaseArchive(options),
      goInstall(
        `Building Temporal ${VERSION} with the Go toolchain (this takes 3-4 minutes, once)`,
        `github.com/temporalio/cli/cmd/temporal@v${VERSION}`,
      ),
    ],
    byHand: `Install the temporal command ${VERSION} (https://docs.temporal.io/cli) so that it is on PATH, or set TEMPORAL_ADDRESS to a server.`,
    locate: locateBinary('temporal'),
  };
}

function releaseArchive({ baseUrl = RELEASES, platform = `${process.platform}-${process.arch}`, ...rest }: ReleaseOptions): Way {
  return {
    title: `Downloading Temporal ${VERSION}`,
    install: async (directory) => {
      const archive = ARCHIVES[platform];
      if (archive === undefined) throw new Error(`there is no release archive for ${platform}`);
      const file = join(directory, 'archive.tar.gz');
      const url = `${baseUrl}/v${VERSION}/temporal_cli_${VERSION}_${archive.name}.tar.gz`;
      await download({ url, file, sha256: archive.sha256, ...rest });
      await extract({ file, cwd: directory }, ['temporal']);
      await rm(file);
    },
  };
}
