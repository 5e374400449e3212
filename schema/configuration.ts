import type { Configuration } from '../domain/service.ts';
import { checkVariable, variable, type Environment } from './environment.ts';
import { isJsonObject, ownField, type JsonObject } from './json-object.ts';
import { check, readJson, refuseMistakes, shown, type Checked, type Mistake } from './mistake.ts';
import { draftOf, KNOWN_SERVICES, serviceOf, type Draft } from './service-draft.ts';
import { mistakesOfService } from './service-rules.ts';
import { SERVICES_DOCUMENT } from './services.ts';
import { GPUS_TEXT } from './setting.ts';

const DEFAULT_GPUS = 2;

function servicesFile(environment: Environment, readFile: (path: string) => string): Checked<unknown> {
  const path = variable(environment, 'TILESCRIBE_SERVICES');
  if (path === null) return { value: {}, mistakes: [] };
  const wrong = (problem: string): Checked<unknown> => ({ value: null, mistakes: [{ path: ['TILESCRIBE_SERVICES'], problem }] });
  try {
    const { value, mistakes } = readJson(readFile(path));
    const problem = mistakes[0]?.problem;
    return problem === undefined ? { value, mistakes: [] } : wrong(`${shown(path)} is ${problem}`);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return wrong(`${shown(path)} cannot be read (${why}); expected the path of a JSON file`);
  }
}

/** In the order of the file, then those that only the environment has. */
function drafts(written: JsonObject, environment: Environment): Draft[] {
  const names = new Set([...Object.keys(written), ...Object.keys(KNOWN_SERVICES)]);
  const all = [...names].map((name) => draftOf(name, written, environment));
  return all.filter(
    ({ name, document, mistakes }) => Object.hasOwn(written, name) || document.baseUrl !== undefined || mistakes.length > 0,
  );
}

/** A secret that was written where only its variable's name belongs must not be printed. */
function withoutSecrets(mistake: Mistake): Mistake {
  if (!mistake.path.includes('headers')) return mistake;
  return { ...mistake, problem: mistake.problem.replace(/^.*; expected /su, 'expected ') };
}

/**
 * The GPU cap and the services, from the services file laid over the environment (contract section 2). A known
 * service that has no address anywhere is left out.
 * @param readFile text of a file by its path; what it throws is told with the path.
 * @throws Failure `InvalidConfiguration` that lists every mistake and prints no secret.
 */
export function readConfiguration(environment: Environment, readFile: (path: string) => string): Configuration {
  const text = servicesFile(environment, readFile);
  const file = text.mistakes.length > 0 ? { value: null, mistakes: text.mistakes } : check(SERVICES_DOCUMENT, text.value);
  const gpus = checkVariable(GPUS_TEXT, environment, 'TILESCRIBE_GPUS');
  const written = ownField(text.value, 'services');
  const services = drafts(isJsonObject(written) ? written : {}, environment);
  const ofServices = services.flatMap((draft) => [...draft.mistakes, ...mistakesOfService(draft, environment)]);
  const mistakes = [...gpus.mistakes, ...file.mistakes, ...ofServices].map(withoutSecrets);
  refuseMistakes(mistakes, { kind: 'InvalidConfiguration', what: 'The configuration' });
  return { gpus: gpus.value ?? file.value?.gpus ?? DEFAULT_GPUS, services: services.map(serviceOf) };
}
