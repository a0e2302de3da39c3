import type { FastifyReply, FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import type { Delimiter } from '../formats/csv-reader.js';
import { AppError } from '../kernel/errors.js';

/** How a caller of an export wants its file. */
export interface FileWish {
  fileType: 'csv' | 'json';
  delimiter: Delimiter;
}

type Asking = Pick<FastifyRequest, 'headers'>;

/** `Accept: text/csv`: the file itself instead of Logicbroker's envelope around it. */
export function asksForCsv({ headers }: Asking): boolean {
  return /^\s*text\/csv\b/i.test(headers.accept ?? '');
}

/** In Logicbroker's envelope the file is a text in Body, written while it is read from the store. */
export function sendFile(
  request: Asking,
  reply: FastifyReply,
  { fileType, pieces }: Pick<FileWish, 'fileType'> & { pieces: AsyncIterable<string> },
): FastifyReply {
  if (fileType === 'csv' && asksForCsv(request))
    return reply.type('text/csv; charset=utf-8').send(Readable.from(pieces));
  return reply.type('application/json; charset=utf-8').send(Readable.from(enveloped(pieces)));
}

async function* enveloped(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  yield '{"Code":"200","Message":"OK","Body":"';
  for await (const piece of pieces) yield JSON.stringify(piece).slice(1, -1);
  yield '"}';
}

/**
 * What the body of Logicbroker's export calls says of the file. Conditions are not possible here.
 * @param instead what to use in place of conditions
 * @throws AppError invalid-request
 */
export function readFileWish(
  {
    Delimiter: delimiter,
    FileType: type,
    Filter: filter,
  }: { Delimiter?: string; FileType?: string; Filter?: object },
  instead: string,
): FileWish {
  if (filter && Object.keys(filter).length > 0)
    throw invalidRequest('Filter', 'conditions are not possible here', instead);
  return { fileType: readFileType(type), delimiter: readDelimiter(delimiter) };
}

/** @throws AppError invalid-request */
export function readFileType(text: string | undefined): FileWish['fileType'] {
  const fileType = (text ?? '').trim().replace(/^\./, '').toLowerCase() || 'csv';
  if (fileType === 'csv' || fileType === 'json') return fileType;
  throw invalidRequest('fileType', 'must be csv or json', 'Leave it out for csv');
}

/** @throws AppError invalid-request */
export function readDelimiter(text: string | undefined): Delimiter {
  const delimiter = text === undefined || text === '' ? ',' : text === '\\t' ? '\t' : text;
  if (delimiter === ',' || delimiter === ';' || delimiter === '\t' || delimiter === '|') return delimiter;
  throw invalidRequest(
    'Delimiter',
    'must be a comma, a semicolon, a tab or a bar',
    'Leave it out for a comma',
  );
}

export function invalidRequest(field: string, message: string, next: string): AppError {
  return new AppError('invalid-request', 'The request is not valid', { details: [{ field, message, next }] });
}
