import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { fileShapes } from '../codecs/document-shape.js';
import { readKey } from '../documents/document.js';
import type { Api } from '../http/api.js';
import { sendMessage } from '../http/envelope.js';
import { operation } from '../http/operation.js';
import { AppError } from '../kernel/errors.js';
import { DocumentImportErrorsMessage, DocumentImportMessage } from '../logicbroker/document-file-schema.js';
import type { ReadFileDeps } from './file-verdict.js';
import type { ReceivedFile } from './received-file.js';
import { findFile } from './received-file-store.js';

const LINES_SHOWN = 100;

/** What became of files. */
export function importRecordRoutes(api: Api, files: ReadFileDeps): void {
  const params = Type.Object({ ImportId: Type.String({ maxLength: 20 }) });
  api.get(
    '/Imports/:ImportId',
    {
      schema: operation('v3', 'getDocumentImport', 'Deliveries', 'What became of a file of documents', {
        params,
        ok: DocumentImportMessage,
      }),
    },
    async (request, reply) =>
      sendMessage(reply, renderImport(await findImport(files, request, request.params.ImportId))),
  );
  api.get(
    '/Imports/:ImportId/Errors',
    {
      schema: operation(
        'v3',
        'getDocumentImportErrors',
        'Deliveries',
        'The documents of a file that were not taken',
        {
          params,
          ok: DocumentImportErrorsMessage,
        },
      ),
    },
    async (request, reply) => {
      const { results } = await findImport(files, request, request.params.ImportId);
      return sendMessage(
        reply,
        results.filter(({ Errors }) => Errors !== undefined),
      );
    },
  );
}

/** @throws AppError not-found, also for another company's */
export async function findImport(
  { db }: ReadFileDeps,
  { caller }: FastifyRequest,
  text: string,
): Promise<ReceivedFile> {
  const file = await findFile(db.prisma, { companyId: caller.companyId, id: readKey(text) ?? 0 });
  if (file) return file;
  throw new AppError('not-found', 'There is no such import.', {
    details: [{ field: 'importId', message: `${text.slice(0, 30)} is not known` }],
  });
}

/** The record of a file as the API says it. */
export function renderImport(file: ReceivedFile): object {
  return {
    ImportId: file.id,
    Type: file.kind === 'x12' ? 'X12' : fileShapes[file.kind].name,
    State: file.state,
    Via: file.via,
    Format: file.format,
    FileName: file.fileName ?? undefined,
    DryRun: file.dryRun,
    Documents: file.documents,
    Taken: file.taken,
    Refused: file.refused,
    Reason: file.reason ?? undefined,
    Results: file.results.slice(0, LINES_SHOWN),
    ReceivedAt: file.receivedAt,
    FinishedAt: file.finishedAt ?? undefined,
  };
}
