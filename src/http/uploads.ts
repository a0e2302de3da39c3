import multipart, { type MultipartFile } from '@fastify/multipart';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Readable } from 'node:stream';
import { AppError } from '../kernel/errors.js';
import { SECOND_MS } from '../kernel/time.js';
import { answerTooLate } from './client-errors.js';

/**
 * Takes the file of a request while it comes in, and knows it again when the request is worked on.
 * @param name as the sender calls it; not to be trusted
 * @returns its hash
 */
type TakeFile = (
  request: FastifyRequest,
  content: AsyncIterable<Buffer>,
  name: string | null,
) => Promise<{ sha256: string }>;

const LONGEST_NAME = 200;
/** Of a form: one is taken, and another one is looked at to say so. */
const MOST_FILES = 5;
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
  'text/comma-separated-values',
  'text/x-csv',
  'application/csv',
  'application/x-csv',
  'application/vnd.ms-excel',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  'application/octet-stream',
  'binary/octet-stream',
  // What curl says of a file that it is given with --data-binary and no word about its type.
  'application/x-www-form-urlencoded',
];

/**
 * A part of a form that is the file. Clients that make the form of a text (.NET's StringContent, PHP, Guzzle, JavaScript's
 * FormData) give it a name and no name of a file.
 */
function isFilePart(
  field: string | undefined,
  contentType: string | undefined,
  fileName: string | undefined,
): boolean {
  if (fileName !== undefined || contentType === undefined)
    return fileName !== undefined || isFileField(field);
  const type = contentType.toLowerCase();
  return isFileField(field) || (type !== 'text/plain' && PLAIN_FILES.includes(type));
}

/** `file` as Logicbroker has it, and what goes for it elsewhere. */
function isFileField(field: string | undefined): boolean {
  return /^(?:files?|upload|csv|feed|inventory|data|content|attachment)(?:\[\d*\])?$/i.test(field ?? '');
}

/**
 * Lets the routes of this scope take files: the first file of a form (Logicbroker names its field `file`), or a body that
 * is the file. `take` gets it while it comes in, after the caller is known and before anything else of the call is looked at.
 */
export async function registerUploads(scope: FastifyInstance, options: UploadOptions): Promise<void> {
  const { limitBytes, types = [] } = options;
  const plain = [...PLAIN_FILES, ...types];
  await scope.register(multipart, {
    throwFileSizeLimit: false,
    limits: {
      fileSize: limitBytes,
      files: MOST_FILES,
      fields: 50,
      fieldSize: 10_000,
      parts: 60,
      headerPairs: 50,
    },
  });
  for (const type of plain) {
    scope.addContentTypeParser(type, { bodyLimit: limitBytes }, (_request, _payload, done) => done(null));
  }
  // Without a word about its type it is a file where files are what is sent; what it is tells its content.
  scope.addHook('onRequest', (request, _reply, done) => {
    const { headers } = request.raw;
    if (headers['content-type'] === undefined && hasBody(headers)) headers['content-type'] = PLAIN_FILES[0];
    done();
  });
  scope.addHook('preValidation', async (request, reply) => {
    const stream = streamOf(request, plain);
    if (!stream) return;
    if (reply.raw.destroyed) throw hungUp();
    const { sha256, name } = await receiveFrom(request, stream, options).catch((error: unknown) => {
      throw reply.raw.destroyed && !(error instanceof AppError) ? hungUp() : error;
    });
    if (reply.raw.destroyed) throw hungUp();
    request.body = { file: name ?? '' };
    // An Idempotency-Key goes with this content.
    request.received = { text: sha256, kept: null };
  });
}

interface UploadOptions {
  limitBytes: number;
  /** Further media types of a body that is the file itself. */
  types?: readonly string[];
  take: TakeFile;
}

interface Taken {
  sha256: string;
  name: string | null;
}

/** @throws AppError for whatever keeps the file from being here: its size, its form, our store; what the stream throws */
async function receiveFrom(
  request: FastifyRequest,
  stream: Readable,
  options: UploadOptions,
): Promise<Taken> {
  const { limitBytes } = options;
  if (Number(request.headers['content-length']) > limitBytes + FORM_BYTES) throw fileTooLarge(limitBytes);
  const stopWatching = watchRate(request);
  try {
    if (request.isMultipart()) return await receivePart(request, options);
    return { ...(await options.take(request, piecesOf(stream), null)), name: null };
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

function hasBody(headers: FastifyRequest['headers']): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

function streamOf(request: FastifyRequest, plain: readonly string[]): Readable | null {
  if (request.isMultipart()) return request.raw;
  const type = (request.headers['content-type'] ?? '').split(';', 1)[0]!.trim().toLowerCase();
  return plain.includes(type) ? request.raw : null;
}

async function receivePart(request: FastifyRequest, { limitBytes, take }: UploadOptions): Promise<Taken> {
  try {
    const parts = request.files({ isPartAFile: isFilePart });
    const { value: part } = (await parts.next()) as { value: MultipartFile | undefined };
    if (part) {
      // Nobody reads on to see how much more it would have been.
      part.file.once('limit', () => part.file.destroy(fileTooLarge(limitBytes)));
      const name = part.filename ? part.filename.slice(0, LONGEST_NAME) : null;
      const taken = await take(request, wholeOf(part.file, limitBytes), name);
      await refuseOthers(parts, name);
      return { ...taken, name };
    }
  } catch (error) {
    if (error instanceof AppError || request.raw.errored) throw error;
    throw noFile('The form cannot be read.', error);
  }
  throw noFile('The form has no file.');
}

/**
 * Whoever sends two files means both: taking the first one without a word would lose the other. Empty ones are fields of forms
 * that nobody has filled in.
 */
async function refuseOthers(parts: AsyncIterable<MultipartFile>, first: string | null): Promise<void> {
  for await (const { file, filename } of parts) {
    for await (const piece of piecesOf(file)) {
      if (piece.length === 0) continue;
      const names = [first, filename]
        .filter((name) => name)
        .map((name) => String(name).slice(0, LONGEST_NAME));
      throw new AppError('invalid-request', 'The form has more than one file, of which none was taken.', {
        details: [
          {
            field: 'file',
            message: names.length > 0 ? `are ${names.join(', ')}` : 'stands there more than once',
            next: 'Send each file in a call of its own',
          },
        ],
      });
    }
  }
}

/** Left alive when its taker ends early: its destruction would take the connection along, and the answer with it. */
function piecesOf(stream: Readable): AsyncIterable<Buffer> {
  return stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
}

/** A small form may have reached its limit before anybody listened: what is cut off is never taken for the whole. */
async function* wholeOf(file: Readable & { truncated: boolean }, limitBytes: number): AsyncGenerator<Buffer> {
  yield* piecesOf(file);
  if (file.truncated) throw fileTooLarge(limitBytes);
}

export function fileTooLarge(limitBytes: number): AppError {
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
