import multipart from '@fastify/multipart';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { createHash, randomUUID } from 'node:crypto';
import { open, unlink, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { AppError } from '../errors.js';
import { createEncodingProbe, type EncodingFinding } from '../formats/text-encoding.js';

/** A file that came with a request. It lies on disk, has no name there and is gone once the handle is closed. */
export interface ReceivedFile {
  handle: FileHandle;
  bytes: number;
  sha256: string;
  /** Its encoding, if it is text. */
  encoding: EncodingFinding;
  /** Its first bytes, to see of what kind it is. */
  head: Buffer;
  /** As the sender calls it; not to be trusted. */
  fileName: string | null;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** The file of a call that takes one; null when the body was of another kind. */
    upload: ReceivedFile | null;
  }
}

const HEAD_BYTES = 8;
const LONGEST_NAME = 200;
/** A sender that is silent for so long is gone. */
const SILENCE_MS = 60_000;

/** Media types of a body that is the file itself. */
const PLAIN_FILES = [
  'text/csv',
  'text/plain',
  'text/tab-separated-values',
  'application/vnd.ms-excel',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  'application/octet-stream',
];

/**
 * Lets the routes of this scope take files: the first file of a form (Logicbroker names its field `file`), or a body that
 * is the file. It is written to disk while it comes in, so that a slow or huge upload costs neither memory nor a connection
 * to the store, and one that breaks off has changed nothing.
 */
export async function registerUploads(
  scope: FastifyInstance,
  { limitBytes }: { limitBytes: number },
): Promise<void> {
  scope.decorateRequest('upload', null);
  await scope.register(multipart, {
    throwFileSizeLimit: false,
    limits: { fileSize: limitBytes, files: 1, fields: 50, fieldSize: 10_000, parts: 60, headerPairs: 50 },
  });
  for (const type of PLAIN_FILES) {
    scope.addContentTypeParser(type, { bodyLimit: limitBytes }, (_request, _payload, done) => done(null));
  }
  scope.addHook('preValidation', async (request, reply) => {
    const stream = streamOf(request);
    if (!stream) return;
    const file = request.isMultipart()
      ? await receivePart(request, limitBytes)
      : await receive(stream, limitBytes, null);
    request.upload = file;
    request.body = { file: file.fileName ?? '' };
    // An Idempotency-Key goes with this content.
    request.received = { text: file.sha256, kept: null };
    // `close` comes whether the answer was sent or the caller has gone.
    reply.raw.once('close', () => void file.handle.close().catch(() => undefined));
  });
}

function streamOf(request: FastifyRequest): Readable | null {
  if (request.isMultipart()) return request.raw;
  const type = (request.headers['content-type'] ?? '').split(';', 1)[0]!.trim().toLowerCase();
  return PLAIN_FILES.includes(type) ? request.raw : null;
}

async function receivePart(request: FastifyRequest, limitBytes: number): Promise<ReceivedFile> {
  try {
    const part = await request.file();
    if (part) {
      const name = part.filename ? part.filename.slice(0, LONGEST_NAME) : null;
      return await receive(part.file, limitBytes, name, () => part.file.truncated);
    }
  } catch (error) {
    throw error instanceof AppError ? error : noFile('The form cannot be read.', error);
  }
  throw noFile('The form has no file.');
}

/** @throws AppError body-too-large */
async function receive(
  stream: Readable,
  limitBytes: number,
  fileName: string | null,
  isCut: () => boolean = () => false,
): Promise<ReceivedFile> {
  const handle = await openNameless();
  const silence = setTimeout(() => stream.destroy(tooSlow()), SILENCE_MS);
  try {
    const hash = createHash('sha256');
    const probe = createEncodingProbe();
    let head = Buffer.alloc(0);
    let bytes = 0;
    for await (const piece of stream) {
      const chunk = piece as Buffer;
      bytes += chunk.length;
      silence.refresh();
      if (bytes > limitBytes) throw tooLarge(limitBytes);
      if (head.length < HEAD_BYTES) head = Buffer.concat([head, chunk.subarray(0, HEAD_BYTES - head.length)]);
      hash.update(chunk);
      probe.push(chunk);
      await handle.write(chunk);
    }
    if (isCut()) throw tooLarge(limitBytes);
    return { handle, bytes, sha256: hash.digest('hex'), encoding: probe.finding(), head, fileName };
  } catch (error) {
    await handle.close();
    throw error;
  } finally {
    clearTimeout(silence);
  }
}

/** Without a name nothing is left behind, whatever becomes of this process. */
async function openNameless(): Promise<FileHandle> {
  const path = join(tmpdir(), `connector-upload-${randomUUID()}`);
  const handle = await open(path, 'wx+', 0o600);
  await unlink(path);
  return handle;
}

function tooLarge(limitBytes: number): AppError {
  return new AppError('body-too-large', `The file has more than ${limitBytes} bytes.`, {
    details: [{ field: 'file', message: `more than ${limitBytes} bytes`, next: 'Send it in several files' }],
  });
}

function tooSlow(): AppError {
  return new AppError('invalid-request', 'The file did not arrive in time.');
}

function noFile(message: string, cause?: unknown): AppError {
  return new AppError('invalid-request', message, {
    details: [{ field: 'file', message: 'a form field with the file is needed' }],
    ...(cause === undefined ? {} : { cause }),
  });
}
