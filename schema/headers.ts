import { z } from 'zod';
import { Failure } from '../domain/failure.ts';
import type { Service } from '../domain/service.ts';
import { patternText } from './field.ts';
import { variable, type Environment } from './environment.ts';

/** The only form that a secret may take in the file. */
export const SECRET_REFERENCE = /^env:([A-Za-z_][A-Za-z0-9_]*)$/u;
const SECRET_EXPECTED = 'env:NAME, the variable of the environment that holds the value';
/** Set by the client itself for every request. */
const OWN_HEADERS = ['host', 'content-length', 'content-type', 'transfer-encoding', 'connection'];
const HEADER_EXPECTED = 'a header name that is not set by tilescribe itself';
const HEADER_NAME = z
  .string()
  .refine((name) => /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/u.test(name) && !OWN_HEADERS.includes(name.toLowerCase()), {
    error: HEADER_EXPECTED,
  });
/** Header name to `env:NAME`. */
export const HEADERS = z
  .record(HEADER_NAME, patternText(SECRET_EXPECTED, SECRET_REFERENCE), {
    error: (issue) => (issue.code === 'invalid_key' ? HEADER_EXPECTED : 'an object of headers, each env:NAME'),
  })
  .meta({ expected: `an object; each value ${SECRET_EXPECTED}` });

/**
 * @returns a service's headers with their values from the environment.
 * @throws Failure `InvalidConfiguration` that names the variable which is not set.
 */
export function resolveHeaders(service: Pick<Service, 'name' | 'headers'>, environment: Environment): Record<string, string> {
  return Object.fromEntries(
    Object.entries(service.headers).map(([header, reference]) => {
      const from = SECRET_REFERENCE.exec(reference)?.[1] ?? reference;
      const text = variable(environment, from);
      if (text === null) {
        throw new Failure(
          'InvalidConfiguration',
          `Set ${from} in the environment: service ${service.name} needs it for the header ${header}.`,
        );
      }
      return [header, text];
    }),
  );
}
