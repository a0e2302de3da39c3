import multipart, { type MultipartFile } from '@fastify/multipart';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { fileTooLarge } from '../http/uploads.js';
import { AppError } from '../kernel/errors.js';
import { readForm, sameSecret } from './forms.js';
import { unmaskToken } from './form-token.js';

/** A form that brings a file. */
interface UploadForm {
  read: (name: string) => string;
  file: MultipartFile;
}

/** Routes in which a form may bring one file; no other page takes any. */
export async function uploadScope(
  app: FastifyInstance,
  limitBytes: number,
  routes: (scope: FastifyInstance) => void,
): Promise<void> {
  await app.register(async (scope) => {
    await scope.register(multipart, {
      throwFileSizeLimit: false,
      limits: { fileSize: limitBytes, files: 1, fields: 10, fieldSize: 1_000, parts: 12 },
    });
    routes(scope);
  });
}

/** @throws AppError body-too-large */
export async function wholeFile({ file }: MultipartFile, limitBytes: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of file) pieces.push(piece as Buffer);
  if (file.truncated) throw fileTooLarge(limitBytes);
  return Buffer.concat(pieces);
}

/**
 * Reads the fields of a form up to its file. The token comes first: of a form without it nothing is taken, not even looked at.
 * @throws AppError not-allowed without the token; invalid-request for a form without a file
 */
export async function readUpload(request: FastifyRequest): Promise<UploadForm> {
  if (!request.isMultipart()) throw outOfDate();
  const fields: Record<string, string> = {};
  // Not with `for await`: leaving such a loop would end the file, too.
  const parts = request.parts();
  for (;;) {
    const { value: part, done } = await parts.next();
    if (done) break;
    if (!isAllowed(request, fields) && !(part.type === 'field' && part.fieldname === '_csrf'))
      throw outOfDate();
    if (part.type === 'file') {
      if (part.filename !== '') return { read: readForm(fields), file: part };
      part.file.resume();
      continue;
    }
    if (typeof part.value === 'string') fields[part.fieldname] = part.value;
    if (!isAllowed(request, fields)) throw outOfDate();
  }
  if (!isAllowed(request, fields)) throw outOfDate();
  throw new AppError('invalid-request', 'Choose a file.');
}

function isAllowed(request: FastifyRequest, fields: Record<string, string>): boolean {
  return sameSecret(unmaskToken(fields['_csrf'] ?? ''), request.expectedToken);
}

function outOfDate(): AppError {
  return new AppError(
    'not-allowed',
    'This form is out of date. Load the page again and repeat what you did.',
  );
}
