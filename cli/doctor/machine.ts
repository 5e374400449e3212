import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import type { Configuration } from '../../domain/service.ts';
import { readSettings } from '../../schema/settings.ts';
import { ownConfiguration } from '../assumed.ts';
import { problemOf } from '../problem.ts';
import { failed, type Finding, ok, warning } from './finding.ts';

/** This machine: the runtime, the native library, the environment. */

type Environment = Readonly<Record<string, string | undefined>>;

const LEAST_NODE = [20, 20] as const;

/** @param version `20.20.0` */
export function nodeFinding(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const enough = major > LEAST_NODE[0] || (major === LEAST_NODE[0] && minor >= LEAST_NODE[1]);
  if (enough) return ok('node', `Node ${version}.`);
  const fix = `Install Node ${LEAST_NODE.join('.')} or newer.`;
  return failed('node', { message: `Node ${version} is too old.`, fix, exit_code: 2 });
}

export function sharpFinding(): Finding {
  try {
    const sharp = createRequire(import.meta.url)('sharp') as { versions: Readonly<Record<string, string>> };
    return ok('sharp', `sharp ${sharp.versions['sharp'] ?? ''} with libvips ${sharp.versions['vips'] ?? ''} loads.`);
  } catch (error) {
    const [first = ''] = (error as Error).message.trim().split('\n');
    const fix = 'Install tilescribe on this machine itself, with optional dependencies: npm ci --include=optional.';
    return failed('sharp', { message: `sharp does not load: ${first}.`, fix, exit_code: 2 });
  }
}

export function settingsFinding(environment: Environment): Finding {
  try {
    readSettings(environment, cpus().length);
    return ok('environment', 'Every TILESCRIBE_* variable is known.');
  } catch (error) {
    const { sentence, exitCode } = problemOf(error);
    return failed('environment', { message: sentence, fix: 'docs/configuration.md lists every variable.', exit_code: exitCode });
  }
}

/** The services as this environment says, and what is wrong where it says nothing useful. */
export interface KnownServices {
  readonly finding: Finding;
  readonly configuration: Configuration | null;
}

const SERVICES_FIX = 'Set CAPTION_BASE_URL and VQA_BASE_URL, or TILESCRIBE_SERVICES; docs/configuration.md says how.';

export function knownServices(environment: Environment): KnownServices {
  try {
    const configuration = ownConfiguration(environment);
    const names = configuration.services.map(({ name }) => name).join(', ');
    const finding =
      names === ''
        ? warning(
            'configuration',
            'No service is configured in this environment.',
            `${SERVICES_FIX} Workers need them; commands do not.`,
          )
        : ok('configuration', `Services ${names}; the cap is ${configuration.gpus} GPUs.`);
    return { finding, configuration };
  } catch (error) {
    const { sentence, exitCode } = problemOf(error);
    return {
      finding: failed('configuration', { message: sentence, fix: SERVICES_FIX, exit_code: exitCode }),
      configuration: null,
    };
  }
}
