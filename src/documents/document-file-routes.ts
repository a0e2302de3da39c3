import type { FastifyReply, FastifyRequest } from 'fastify';
import { codecs } from '../codecs/codecs.js';
import type { ReadFile } from '../codecs/codec.js';
import { fileShapes, type FileKind } from '../codecs/document-shape.js';
import { writeOneXml } from '../codecs/xml-codec.js';
import { fileMediaTypes, wantedFormat, type FileFormat } from '../http/document-files.js';
import { sendMessage } from '../http/envelope.js';
import { findingsOf } from '../http/error-handler.js';
import { AppError } from '../kernel/errors.js';
import type { DocumentKind, TakenDocument } from './document-kind.js';
import { takeFile, type FileOutcome, type TakeFileDeps } from './take-file.js';

/** What a route of documents says so that it is had, and called, in every format. */
export const inAllFormats = { alsoAnswers: fileMediaTypes } as const;
export const takesAllFormats = { alsoAnswers: fileMediaTypes, takesDocuments: true } as const;

/** The format besides JSON that a caller wants documents of the kind in; null: JSON. */
export function fileWanted({ headers }: Pick<FastifyRequest, 'headers'>): FileFormat | null {
  return wantedFormat(headers.accept);
}

/** One document as a file. */
export function sendDocument(
  reply: FastifyReply,
  kind: FileKind,
  format: FileFormat,
  body: string,
): FastifyReply {
  const bytes = format === 'xml' ? Buffer.from(writeOneXml(kind, body)) : codecs[format].write(kind, [body]);
  return sendBytes(reply, kind, format, bytes);
}

/** A page of documents as a file; how many there are stands in headers, since a table has no place for it. */
export function sendDocuments(
  reply: FastifyReply,
  kind: FileKind,
  format: FileFormat,
  page: { bodies: readonly string[]; page: number; pageSize: number; totalRecords: number },
): FastifyReply {
  reply
    .header('x-current-page', String(page.page))
    .header('x-total-pages', String(Math.ceil(page.totalRecords / page.pageSize)))
    .header('x-total-records', String(page.totalRecords));
  return sendBytes(reply, kind, format, codecs[format].write(kind, page.bodies));
}

function sendBytes(reply: FastifyReply, kind: FileKind, format: FileFormat, bytes: Buffer): FastifyReply {
  const { mediaType, extension } = codecs[format];
  const name = `${fileShapes[kind].plural}.${extension}`;
  return reply
    .header('vary', 'Accept')
    .header('content-disposition', `attachment; filename="${name}"`)
    .type(format === 'xlsx' ? mediaType : `${mediaType}; charset=utf-8`)
    .send(bytes);
}

/** @throws AppError invalid-document where the file cannot be read, or holds no document of the kind */
async function readSent(request: FastifyRequest, kind: FileKind): Promise<ReadFile> {
  const { format, bytes } = request.documentFile!;
  const file = await codecs[format].read(kind, bytes);
  const other = file.documents.find((one) => one.kind !== kind);
  const { plural } = fileShapes[kind];
  if (other) {
    const message = `holds ${fileShapes[other.kind].plural}, and this path takes ${plural}`;
    throw new AppError('invalid-document', 'The document is not valid.', { details: [{ message }] });
  }
  if (file.documents.length === 0 && file.problems.length === 0)
    throw new AppError('invalid-document', 'The document is not valid.', {
      details: [{ message: `the file holds no ${fileShapes[kind].name}` }],
    });
  return file;
}

/**
 * Takes the documents that a call brings as a file. One is answered as if it had come as JSON; of several each is told by itself:
 * 201 when all were taken, 207 when some were, 400 when none was.
 */
export async function takeSentFile(
  deps: TakeFileDeps,
  kind: DocumentKind,
  request: FastifyRequest,
  reply: FastifyReply,
  how: { orderKey?: number; sendCreated: (taken: TakenDocument) => FastifyReply },
): Promise<FastifyReply> {
  const { companyId } = request.caller;
  const fileKind = kind.type as FileKind;
  const file = await readSent(request, fileKind);
  const sender = {
    companyId,
    by: request.caller,
    ...(how.orderKey !== undefined && { orderKey: how.orderKey }),
  };
  const outcomes = await takeFile(deps, sender, file.documents);
  const [only] = outcomes;
  if (only && outcomes.length === 1 && file.problems.length === 0) {
    if ('error' in only.result) throw only.result.error;
    return how.sendCreated(only.result);
  }
  const taken = outcomes.filter(({ result }) => 'key' in result).length;
  const details = file.problems;
  const isWhole = taken === outcomes.length && details.length === 0;
  const status = isWhole ? 201 : taken === 0 ? 400 : 207;
  const answer = `${taken} of ${outcomes.length} documents were taken.`;
  return sendMessage(
    reply,
    {
      Documents: outcomes.map(outcomeBody),
      ...(details.length > 0 && { Errors: findingsOf(new AppError('invalid-document', '', { details })) }),
    },
    status,
    isWhole ? 'Created' : answer,
  );
}

/** One document of a file as answers and reports say it. */
function outcomeBody({ kind, number, result }: FileOutcome): object {
  const named = { Type: fileShapes[kind].name, ...(number !== null && { Number: number }) };
  if ('error' in result) return { ...named, ...findingsOf(result.error) };
  const { key, remarks = [] } = result;
  return {
    ...named,
    LogicbrokerKey: String(key),
    TransformationResults: remarks.map((Message) => ({ Message })),
  };
}
