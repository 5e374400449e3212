import { Failure } from '../domain/failure.ts';
import { readJson } from './mistake.ts';

/**
 * @param what the address of the document.
 * @returns the value of a document that nobody but tilescribe writes. @throws Failure `Internal` where it is no JSON.
 */
export function storedJson(text: string, what: string): unknown {
  if (text.trim() === '') throw new Failure('Internal', `${what} is empty; expected JSON as tilescribe writes it.`);
  const { value, mistakes } = readJson(text);
  const [broken] = mistakes;
  if (broken === undefined) return value;
  throw new Failure('Internal', `${what} is ${broken.problem}; expected it as tilescribe writes it.`);
}
