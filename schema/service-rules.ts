import { isOpenToReaders } from './base-url.ts';
import { variable, type Environment } from './environment.ts';
import { SECRET_REFERENCE } from './headers.ts';
import { shown, type Mistake } from './mistake.ts';
import type { Draft } from './service-draft.ts';

/** What must hold between the fields of a service: no secret and no tile travels where others read along unasked. */

function insecureWithSecrets({ name, document }: Draft): Mistake[] {
  if (document.insecure !== true || Object.keys(document.headers ?? {}).length === 0) return [];
  const problem = 'true beside headers; secrets never travel over plain http, so remove one of the two';
  return [{ path: ['services', name, 'insecure'], problem }];
}

function openAddress({ name, document, addressPath }: Draft): Mistake[] {
  if (document.baseUrl === undefined || document.insecure === true || !isOpenToReaders(document.baseUrl)) return [];
  const unless = `plain http elsewhere only where services.${name} of the services file says "insecure": true`;
  return [{ path: addressPath, problem: `${shown(document.baseUrl)}; expected https, or http to this machine; ${unless}` }];
}

function unsetSecrets({ name, document }: Draft, environment: Environment): Mistake[] {
  return Object.entries(document.headers ?? {}).flatMap(([header, reference]): Mistake[] => {
    const from = SECRET_REFERENCE.exec(reference)?.[1] ?? '';
    const text = variable(environment, from);
    if (text !== null && !/[\r\n\0]/u.test(text)) return [];
    const problem =
      text === null ? `the variable ${from} is not set` : `the variable ${from} holds a line break, which no header may`;
    return [{ path: ['services', name, 'headers', header], problem }];
  });
}

/** @returns what is wrong with a service beyond its single fields. */
export function mistakesOfService(draft: Draft, environment: Environment): Mistake[] {
  return [...insecureWithSecrets(draft), ...openAddress(draft), ...unsetSecrets(draft, environment)];
}
