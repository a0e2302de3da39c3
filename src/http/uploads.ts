import multipart from '@fastify/multipart';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { AppError } from '../kernel/errors.js';
import { createEncodingProbe, type EncodingFinding } from '../formats/text-encoding.js';
import { SECOND_MS } from '../kernel/time.js';
import { answerTooLate } from './client-errors.js';
import { holdFile, openNameless, writeAll, type FileHold } from './upload-file.js';

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
    uploadHold: FileHold | null;
  }
}

const HEAD_BYTES = 8;
const LONGEST_NAME = 200;
/** What a form may have around its file. */
const FORM_BYTES = 1_048_576;
/** A sender that brings less in so long a time is gone, or does not want to come to an end. */
const LEAST_BYTES = 240 * 1024;
const LEAST_BYTES_IN_MS = 60 * SECOND_MS;

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
  scope.decorateRequest('uploadHold', null);
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
    if (reply.raw.destroyed) throw hungUp();
    const file = await receiveFrom(request, stream, limitBytes).catch((error: unknown) => {
      throw reply.raw.destroyed && !(error instanceof AppError) ? hungUp() : error;
    });
    request.upload = file;
    request.uploadHold = holdFile(file.handle, reply.raw);
    if (reply.raw.destroyed) throw hungUp();
    request.body = { file: file.fileName ?? '' };
    // An Idempotency-Key goes with this content.
    request.received = { text: file.sha256, kept: null };
  });
  scope.addHook('onRoute', (route) => {
    const { handler } = route;
    route.handler = async function workOnFile(request, reply) {
      const end = request.uploadHold?.work();
      try {
        const answer: unknown = await handler.call(this, request, reply);
        return answer;
      } finally {
        end?.();
      }
    };
  });
}

/** @throws AppError for whatever keeps the file from being here: its size, its form, our disk; what the stream throws */
async function receiveFrom(
  request: FastifyRequest,
  stream: Readable,
  limitBytes: number,
): Promise<ReceivedFile> {
  if (Number(request.headers['content-length']) > limitBytes + FORM_BYTES) throw tooLarge(limitBytes);
  const stopWatching = watchRate(request);
  try {
    return request.isMultipart()
      ? await receivePart(request, limitBytes)
      : await receive(stream, limitBytes, null);
  } finally {
    stopWatching();
  }
}

/** Gives up on a sender who is too slow; everything else of that request ends by itself then. */
function watchRate({ raw }: FastifyRequest): () => void {
  let before = raw.socket.bytesRead;
  const watch = setInterval(() => {
    const { bytesRead } = raw.socket;
    if (bytesRead - before < LEAST_BYTES) answerTooLate(raw.socket);
    before = bytesRead;
  }, LEAST_BYTES_IN_MS);
  return () => clearInterval(watch);
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
      // Nobody reads on to see how much more it would have been.
      part.file.once('limit', () => part.file.destroy(tooLarge(limitBytes)));
      const name = part.filename ? part.filename.slice(0, LONGEST_NAME) : null;
      const received = await receive(part.file, limitBytes, name);
      // A small form may have reached its limit before anybody listened: what is cut off is never taken for the whole.
      if (!part.file.truncated) return received;
      await received.handle.close();
      throw tooLarge(limitBytes);
    }
  } catch (error) {
    if (error instanceof AppError || request.raw.errored) throw error;
    throw noFile('The form cannot be read.', error);
  }
  throw noFile('The form has no file.');
}

/** @throws AppError body-too-large, storage-full, service-unavailable; whatever the stream throws */
async function receive(stream: Readable, limitBytes: number, fileName: string | null): Promise<ReceivedFile> {
  const handle = await openNameless();
  try {
    const hash = createHash('sha256');
    const probe = createEncodingProbe();
    let head = Buffer.alloc(0);
    let bytes = 0;
    // Left alive when this ends early: its destruction would take the connection along, and the answer with it.
    for await (const piece of stream.iterator({ destroyOnReturn: false })) {
      const chunk = piece as Buffer;
      bytes += chunk.length;
      if (bytes > limitBytes) throw tooLarge(limitBytes);
      if (head.length < HEAD_BYTES) head = Buffer.concat([head, chunk.subarray(0, HEAD_BYTES - head.length)]);
      hash.update(chunk);
      probe.push(chunk);
      await writeAll(handle, chunk);
    }
    return { handle, bytes, sha256: hash.digest('hex'), encoding: probe.finding(), head, fileName };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

function tooLarge(limitBytes: number): AppError {
  return new AppError('body-too-large', `The file has more than ${limitBytes} bytes.`, {
    details: [{ field: 'file', message: `more than ${limitBytes} bytes`, next: 'Send it in several files' }],
  });
}

/** Nobody sees it, and it is no fault of ours. */
function hungUp(): AppError {
  return new AppError('invalid-request', 'The file broke off: its sender has gone.');
}

function noFile(message: string, cause?: unknown): AppError {
  return new AppError('invalid-request', message, {
    details: [{ field: 'file', message: 'a form field with the file is needed' }],
    ...(cause === undefined ? {} : { cause }),
  });
}
