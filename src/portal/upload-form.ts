import type { MultipartFile } from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import { AppError } from '../kernel/errors.js';
import { readForm, sameSecret } from './forms.js';
import { unmaskToken } from './form-token.js';

/** A form that brings a file. */
interface UploadForm {
  read: (name: string) => string;
  file: MultipartFile;
}

/**
 * Reads the fields of a form up to its file. The token comes first: of a form without it nothing is taken, not even looked at.
 * @throws AppError not-allowed without the token; invalid-request for a form without a file
 */
export async function readUpload(request: FastifyRequest): Promise<UploadForm> {
  if (!request.isMultipart()) throw outOfDate();
  const fields: Record<string, string> = {};
  for await (const part of request.parts()) {
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
