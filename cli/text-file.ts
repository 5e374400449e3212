import { readFile } from 'node:fs/promises';
import { Failure } from '../domain/failure.ts';

/** @param what such as `The spec`, and what to do instead. @throws Failure `InvalidSpec` */
export async function fileText(path: string, { what, instead }: { what: string; instead: string }): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'there is no such file' : message;
    throw new Failure('InvalidSpec', `${what} ${path} cannot be read: ${why}. ${instead}`, { cause: error });
  }
}
