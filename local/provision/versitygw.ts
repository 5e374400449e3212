import { goInstall, locateBinary } from './go.ts';
import type { Recipe } from './program.ts';

const VERSION = '1.7.0';

/** How versitygw comes onto this machine: an S3 server that checks signatures and policies. */
export function versitygwRecipe(): Recipe {
  return {
    name: 'versitygw',
    version: VERSION,
    executable: 'versitygw',
    ways: [
      goInstall(
        `Building versitygw ${VERSION} with the Go toolchain (this takes about 2 minutes, once)`,
        `github.com/versity/versitygw/cmd/versitygw@v${VERSION}`,
      ),
    ],
    byHand: `Install Go 1.24 or later, or versitygw ${VERSION} (https://github.com/versity/versitygw) so that it is on PATH.`,
    locate: locateBinary('versitygw'),
  };
}
