import { createHash } from 'node:crypto';
import type { Question } from './jobs.ts';
import { readPixels, UnopenablePicture } from './pixels.ts';
import type { ChatRequest } from './request.ts';

type Looked = Pick<Question, 'pixels' | 'unopenable'>;

const NO_PICTURE: Looked = { pixels: null, unopenable: null };
const REMOTE: Looked = { pixels: null, unopenable: 'a simulated service fetches no pictures: send a data URI' };
const KEPT = 4_096;

/** Looks at each picture once that it can open, however often it is sent; keeps what it saw of the latest, never the bytes. */
export class Pictures {
  readonly #looked = new Map<string, Promise<Looked>>();

  async lookAt(chat: ChatRequest): Promise<Question> {
    if (chat.picture.kind !== 'bytes') {
      return { chat, sha256: null, ...(chat.picture.kind === 'remote' ? REMOTE : NO_PICTURE) };
    }
    const sha256 = createHash('sha256').update(chat.picture.bytes).digest('hex');
    return { chat, sha256, ...(await this.#once(sha256, chat.picture.bytes)) };
  }

  async #once(sha256: string, bytes: Uint8Array): Promise<Looked> {
    const known = this.#looked.get(sha256);
    if (known !== undefined) return known;
    const looking = look(bytes);
    this.#looked.set(sha256, looking);
    const [oldest] = this.#looked.keys();
    if (this.#looked.size > KEPT && oldest !== undefined) this.#looked.delete(oldest);
    const looked = await looking;
    if (looked.unopenable !== null) this.#looked.delete(sha256);
    return looked;
  }
}

async function look(bytes: Uint8Array): Promise<Looked> {
  try {
    return { pixels: await readPixels(bytes), unopenable: null };
  } catch (error) {
    if (!(error instanceof UnopenablePicture)) throw error;
    return { pixels: null, unopenable: error.message };
  }
}
