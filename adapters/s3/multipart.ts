import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  HeadObjectCommand,
  UploadPartCommand,
  type CompletedPart,
} from '@aws-sdk/client-s3';
import type { PutResult } from '../../ports/object-store.ts';
import { objectStoreError } from './problems.ts';
import { outcome, type Target } from './target.ts';

interface Upload {
  readonly Bucket: string;
  readonly Key: string;
  readonly UploadId: string;
}

/** An upload in parts; that the object is not there yet is a condition of its completion. */
export class Multipart {
  private upload: Upload | null = null;
  private readonly parts: CompletedPart[] = [];
  private readonly target: Target;

  constructor(target: Target) {
    this.target = target;
  }

  get begun(): boolean {
    return this.upload !== null;
  }

  /** Parts come in order; every one but the last has at least 5 MiB. */
  async add(piece: Uint8Array): Promise<void> {
    const upload = this.upload ?? (await this.begin());
    this.upload = upload;
    const PartNumber = this.parts.length + 1;
    const sent = await this.client
      .send(new UploadPartCommand({ ...upload, PartNumber, Body: piece }))
      .catch((error: unknown) => this.fail(error));
    this.parts.push({
      PartNumber,
      ETag: sent.ETag,
      ...(sent.ChecksumCRC32 === undefined ? {} : { ChecksumCRC32: sent.ChecksumCRC32 }),
    });
  }

  async complete(): Promise<PutResult> {
    if (this.upload === null) throw new TypeError('no part was added');
    const MultipartUpload = { Parts: this.parts };
    const command = new CompleteMultipartUploadCommand({ ...this.upload, MultipartUpload, IfNoneMatch: '*' });
    const result = await this.client.send(command).then(
      () => 'created' as const,
      (error: unknown) => this.madeBefore(error).catch((final: unknown) => outcome(final, this.target)),
    );
    if (result === 'exists') await this.abort();
    return result;
  }

  /** What is left of an upload costs storage; that it cannot be removed is no second error. */
  async abort(): Promise<void> {
    if (this.upload !== null) await this.client.send(new AbortMultipartUploadCommand(this.upload)).catch(() => {});
  }

  private get client(): Target['connection']['client'] {
    return this.target.connection.client;
  }

  private async begin(): Promise<Upload> {
    const { at, encryption } = this.target;
    const place = { Bucket: at.bucket, Key: at.key };
    const begun = await this.client
      .send(new CreateMultipartUploadCommand({ ...place, ...encryption }))
      .catch((error: unknown) => this.fail(error));
    return { ...place, UploadId: begun.UploadId ?? '' };
  }

  /** Where the reply to the try that made the object was lost, the upload is gone and the object is there. */
  private async madeBefore(error: unknown): Promise<PutResult> {
    if ((error as Error).name !== 'NoSuchUpload' || this.upload === null) throw error;
    await this.client.send(new HeadObjectCommand({ Bucket: this.upload.Bucket, Key: this.upload.Key }));
    return 'exists';
  }

  private fail(error: unknown): never {
    const { at, connection } = this.target;
    throw objectStoreError(error, { action: 's3:PutObject', ...at }, connection.site);
  }
}
