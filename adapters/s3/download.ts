import { GetObjectCommand, type GetObjectCommandInput, type GetObjectCommandOutput } from '@aws-sdk/client-s3';
import type { S3Location } from '../../domain/layout.ts';
import { ObjectStoreError, type GetOptions } from '../../ports/object-store.ts';
import { wholeBody, type OpenBody } from './body.ts';
import type { S3Connection } from './client.ts';
import { quoted } from './facts.ts';
import { objectStoreError, readingOf, shownUri } from './problems.ts';
import type { Payer } from './reading.ts';

export interface DownloadSettings {
  readonly payer: Payer;
  readonly stallMs: number;
}

function bodyOf(found: GetObjectCommandOutput): OpenBody {
  return { stream: found.Body as unknown as OpenBody['stream'] };
}

/** One GET of one object, all the requests that it may take. */
class Download {
  private readonly connection: S3Connection;
  private readonly at: S3Location;
  private readonly options: GetOptions;
  private readonly settings: DownloadSettings;
  /** One for each download: requests leave their listeners on the signal they are given. */
  private readonly controller = new AbortController();
  private readonly abort = (): void => this.controller.abort(this.options.signal?.reason);

  constructor(
    connection: S3Connection,
    asked: { readonly at: S3Location; readonly options: GetOptions },
    settings: DownloadSettings,
  ) {
    this.connection = connection;
    this.at = asked.at;
    this.options = asked.options;
    this.settings = settings;
  }

  async open(): Promise<AsyncIterable<Uint8Array>> {
    const { signal, maxBytes } = this.options;
    if (signal?.aborted === true) this.abort();
    signal?.addEventListener('abort', this.abort, { once: true });
    const found = await this.send({}).catch((error: unknown) => this.fail(error));
    if (maxBytes === undefined || (found.ContentLength ?? 0) <= maxBytes) return this.body(found);
    bodyOf(found).stream.destroy();
    return this.fail(this.tooLarge());
  }

  private send(more: Partial<GetObjectCommandInput>): Promise<GetObjectCommandOutput> {
    const { ifMatch, versionId } = this.options;
    const input: GetObjectCommandInput = {
      Bucket: this.at.bucket,
      Key: this.at.key,
      ...(ifMatch === undefined ? {} : { IfMatch: quoted(ifMatch) }),
      ...(versionId === undefined ? {} : { VersionId: versionId }),
      ...this.settings.payer,
      ...more,
    };
    return this.connection.client.send(new GetObjectCommand(input), { abortSignal: this.controller.signal });
  }

  /** The body with its errors in our words. */
  private async *body(found: GetObjectCommandOutput): AsyncGenerator<Uint8Array> {
    const body = wholeBody({
      first: bodyOf(found),
      sizeBytes: found.ContentLength ?? null,
      maxBytes: this.options.maxBytes ?? null,
      resume: (fromByte) => this.resume(fromByte, found.ETag),
      tooLarge: () => this.tooLarge(),
      signal: this.controller.signal,
      stallMs: this.settings.stallMs,
    });
    try {
      for (;;) {
        const next = await body.next().catch((error: unknown) => this.fail(error));
        if (next.done === true) return;
        yield next.value;
      }
    } finally {
      this.unlink();
      await body.return(undefined);
    }
  }

  private async resume(fromByte: number, etag: string | undefined): Promise<OpenBody> {
    const rest = await this.send({ Range: `bytes=${fromByte}-`, ...(etag === undefined ? {} : { IfMatch: etag }) });
    if (fromByte === 0 || rest.ContentRange?.startsWith(`bytes ${fromByte}-`) === true) return bodyOf(rest);
    bodyOf(rest).stream.destroy();
    throw new Error('S3 did not take up the body where it broke');
  }

  private tooLarge(): ObjectStoreError {
    const most = `the ${this.options.maxBytes} bytes that are read at most`;
    return new ObjectStoreError('too_large', `${shownUri(this.at)} is larger than ${most}. Cut it into smaller tiles.`);
  }

  private unlink(): void {
    this.options.signal?.removeEventListener('abort', this.abort);
  }

  private fail(error: unknown): never {
    this.unlink();
    this.controller.signal.throwIfAborted();
    throw objectStoreError(error, readingOf(this.at, this.options.versionId), this.connection.site);
  }
}

/** The bytes of an object as they come; see {@link wholeBody} for what it outlives. */
export function getObject(
  connection: S3Connection,
  asked: { readonly at: S3Location; readonly options: GetOptions },
  settings: DownloadSettings,
): Promise<AsyncIterable<Uint8Array>> {
  return new Download(connection, asked, settings).open();
}
