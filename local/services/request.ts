/** What a chat request asks, read as the services' documents describe it. */
export interface ChatRequest {
  /** Null where the request names none. */
  readonly model: string | null;
  /** All text parts, joined by newlines. */
  readonly prompt: string;
  readonly picture: RequestPicture;
  readonly maxTokens: number;
  readonly temperature: number;
}

/** `remote` is a URL: the real service fetches it, the simulated one never does. */
export type RequestPicture =
  | { readonly kind: 'none' }
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  | { readonly kind: 'remote' };

/** Why a request is no chat request, in one sentence. */
export class BadRequest extends Error {
  override readonly name = 'BadRequest';
}

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);

/** @throws {BadRequest} where the body is not JSON or has no messages. */
export function readChatRequest(body: Buffer): ChatRequest {
  const parsed = parse(body);
  if (!isFields(parsed)) throw new BadRequest('Invalid request format: a JSON object was expected');
  const { messages } = parsed;
  if (!Array.isArray(messages) || messages.length === 0 || !messages.every(isFields)) {
    throw new BadRequest('Invalid request format: messages must be a list of at least one message');
  }
  const parts = messages.flatMap(partsOf);
  return {
    model: typeof parsed['model'] === 'string' ? parsed['model'] : null,
    prompt: parts.flatMap(textOf).join('\n'),
    picture: pictureOf(parts),
    maxTokens: amount(parsed, 'max_tokens', 512),
    temperature: amount(parsed, 'temperature', 0.7),
  };
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch {
    throw new BadRequest('Invalid request format: the body is not JSON');
  }
}

function amount(fields: Fields, name: string, otherwise: number): number {
  const value = fields[name] ?? otherwise;
  if (typeof value !== 'number' || value < 0)
    throw new BadRequest(`Invalid request format: ${name} must be a number of at least 0`);
  return value;
}

/** Content is a text, or a list of typed parts. */
function partsOf({ content }: Fields): readonly Fields[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  return Array.isArray(content) ? content.filter(isFields) : [];
}

function textOf(part: Fields): readonly string[] {
  return part['type'] === 'text' && typeof part['text'] === 'string' ? [part['text']] : [];
}

/** The first picture counts, the others are ignored. */
function pictureOf(parts: readonly Fields[]): RequestPicture {
  const url = parts
    .filter((part) => part['type'] === 'image_url')
    .map(urlOf)
    .find((found) => found !== '');
  if (url === undefined) return { kind: 'none' };
  if (!url.startsWith('data:')) return { kind: 'remote' };
  const comma = url.indexOf(',');
  if (comma < 0) throw new BadRequest('Invalid request format: the data URI has no comma');
  return { kind: 'bytes', bytes: Buffer.from(url.slice(comma + 1), 'base64') };
}

function urlOf({ image_url: image }: Fields): string {
  return isFields(image) && typeof image['url'] === 'string' ? image['url'] : '';
}
