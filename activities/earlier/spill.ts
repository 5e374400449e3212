import { randomUUID } from 'node:crypto';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Failure } from '../../domain/failure.ts';
import { KIB } from '../../domain/units.ts';
import { jsonLines } from '../lines.ts';

const BATCH_CHARS = 256 * KIB;

function noRoom(error: unknown): Failure {
  const why = error instanceof Error ? error.message : String(error);
  return new Failure('Unreachable', `Comparing many runs needs room in ${tmpdir()}: ${why}. Free some, or set TMPDIR.`, {
    cause: error,
  });
}

/** JSON values that wait on the local disk, in a file that has no name any more: even a killed process leaves none. */
export class Spill {
  readonly #file: FileHandle;

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  /** @throws Failure `Unreachable` where the disk refuses. */
  static async open(): Promise<Spill> {
    const path = join(tmpdir(), `tilescribe-${randomUUID()}`);
    try {
      const file = await open(path, 'wx+', 0o600);
      await unlink(path);
      return new Spill(file);
    } catch (error) {
      throw noRoom(error);
    }
  }

  async write(values: AsyncIterable<unknown>): Promise<void> {
    let text = '';
    for await (const value of values) {
      text += `${JSON.stringify(value)}\n`;
      if (text.length < BATCH_CHARS) continue;
      await this.#append(text);
      text = '';
    }
    await this.#append(text);
  }

  async *read<T>(): AsyncGenerator<T> {
    const stream = this.#file.createReadStream({ start: 0, autoClose: false });
    yield* jsonLines<T>(stream);
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  async #append(text: string): Promise<void> {
    try {
      await this.#file.appendFile(text);
    } catch (error) {
      throw noRoom(error);
    }
  }
}
