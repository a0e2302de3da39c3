import type { FastifyRequest } from 'fastify';
import { createHash } from 'node:crypto';
import { Type } from 'typebox';
import { codecs } from '../codecs/codecs.js';
import { fileKindOf, type FileKind } from '../codecs/document-shape.js';
import { writeJson } from '../formats/json.js';
import type { Api, ApiVersion } from '../http/api.js';
import { sendMessage } from '../http/envelope.js';
import { invalidRequest } from '../http/file-answer.js';
import { operation } from '../http/operation.js';
import { lowerCaseFlags } from '../http/query-names.js';
import { registerUploads } from '../http/uploads.js';
import { AppError } from '../kernel/errors.js';
import { MINUTE_MS } from '../kernel/time.js';
import { DocumentImportMessage, DocumentImportRequest } from '../logicbroker/document-file-schema.js';
import { documentPath, documentTypeNames } from '../logicbroker/document-types.js';
import { StringMessage } from '../logicbroker/envelopes.js';
import { ref } from '../logicbroker/schema.js';
import type { ReadFileDeps } from './file-verdict.js';
import { readReceived } from './read-received.js';
import type { FileFormat, ReceivedFile } from './received-file.js';
import { findImport, importRecordRoutes, renderImport } from './import-record-routes.js';
import { recognised } from './recognised.js';
import { addBytes, insertFile, type NewFile } from './received-file-store.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** The file of a call that brings one, whole. */
    sentFile: { bytes: Buffer; name: string | null } | null;
  }
}

interface ImportRoutesDeps {
  files: ReadFileDeps;
  uploadLimitBytes: number;
}

/** Whoever waits for the answer reads the file; should the process end, a worker does after this. */
const READ_BY_OTHERS_MS = MINUTE_MS;
const ALSO_PLAIN = [
  'application/xml',
  'text/xml',
  'application/edi-x12',
  'application/edi',
  'application/x12',
];

const ImportQuery = Type.Object({
  importid: Type.Optional(
    Type.String({
      maxLength: 10,
      wireName: 'importId',
      description: 'As CreateImport has answered it; left out: the file is read as it comes.',
    }),
  ),
  filetype: Type.Optional(Type.String({ maxLength: 10, wireName: 'fileType', description: 'As in v1.' })),
  delimiter: Type.Optional(Type.String({ maxLength: 5, description: 'As in v1; it is told from the file.' })),
  aliases: Type.Optional(Type.String({ maxLength: 200, description: 'As in v1. Has no effect.' })),
  custom: Type.Optional(Type.Boolean({ description: 'As in v1. Has no effect.' })),
  dryrun: Type.Optional(
    Type.Boolean({ wireName: 'dryRun', description: 'Takes nothing, and says what it would.' }),
  ),
});

/** Files of documents, many at once, and what became of them. */
export function documentImportRoutes(parent: Api, version: ApiVersion, deps: ImportRoutesDeps): void {
  const { files, uploadLimitBytes: limitBytes } = deps;
  void parent.register(async (scope: Api) => {
    scope.decorateRequest('sentFile', null);
    await registerUploads(scope, {
      limitBytes,
      types: ALSO_PLAIN,
      async take(request, content, name) {
        const pieces: Buffer[] = [];
        let bytes = 0;
        for await (const piece of content) {
          bytes += piece.length;
          if (bytes > limitBytes) throw tooLarge(limitBytes);
          pieces.push(piece);
        }
        const whole = Buffer.concat(pieces);
        request.sentFile = { bytes: whole, name };
        return { sha256: createHash('sha256').update(whole).digest('hex') };
      },
    });
    for (const { type, post } of files.kinds) {
      const kind = fileKindOf(type);
      if (kind && post) kindRoutes(scope, version, deps, kind);
    }
    if (version === 'v3') ediRoute(scope, deps);
  });
  if (version === 'v3') importRecordRoutes(parent, files);
}

function tooLarge(limitBytes: number): AppError {
  return new AppError('body-too-large', `The file has more than ${limitBytes} bytes.`, {
    details: [{ field: 'file', message: `more than ${limitBytes} bytes`, next: 'Send it in several files' }],
  });
}

function kindRoutes(api: Api, version: ApiVersion, { files }: ImportRoutesDeps, kind: FileKind): void {
  const [path, noun] = [documentPath(kind), documentTypeNames[kind]];
  const { db, clock } = files;

  api.post(
    `/${path}/CreateImport`,
    {
      schema: operation(version, `create${noun}Import`, path, `A file of ${path.toLowerCase()} will follow`, {
        description:
          'Answers the importId for Import. Columns says which columns of the file are which paths of the JSON.',
        body: ref(DocumentImportRequest),
        ok: StringMessage,
      }),
    },
    async (request, reply) => {
      const { Columns = [], FileType, DryRun = false } = request.body;
      const columns = Object.fromEntries(
        Columns.flatMap(({ SourceField, TargetField }) =>
          SourceField && TargetField ? [[SourceField.trim(), TargetField.trim()]] : [],
        ),
      );
      const id = await insertFile(db.prisma, {
        companyId: request.caller.companyId,
        by: request.caller,
        kind,
        via: 'http',
        format: formatNamed(FileType, null),
        name: null,
        dryRun: DryRun,
        columns,
        bytes: null,
        readAt: clock.now(),
        now: clock.now(),
      });
      return sendMessage(reply, String(id));
    },
  );

  api.post(
    `/${path}/Import`,
    {
      config: { filterPrefix: '', takesFiles: true },
      preValidation: lowerCaseFlags('dryrun', 'custom'),
      schema: {
        ...operation(version, `import${path}`, path, `Many ${path.toLowerCase()} in one file`, {
          description:
            'CSV, XLSX, XML or JSON, as a form with the field file or as the body. Each document is taken or refused by itself, by the rules of POST; ' +
            'sent again they are the same documents. A file that breaks off changes nothing.',
          querystring: ImportQuery,
          ok: DocumentImportMessage,
        }),
      },
    },
    async (request, reply) => {
      const { importid, filetype, dryrun } = request.query;
      const { bytes, name } = sentIn(request);
      const readAt = new Date(clock.now().getTime() + READ_BY_OTHERS_MS);
      const id =
        importid === undefined
          ? await insertFile(db.prisma, {
              ...senderOf(request),
              kind,
              via: 'http',
              format: formatNamed(filetype, bytes),
              name,
              dryRun: dryrun ?? false,
              bytes,
              readAt,
              now: clock.now(),
            })
          : await addTo(files, request, { importid, bytes, name, readAt });
      const file = await readReceived(files, id);
      return sendMessage(reply, renderImport(file ?? (await findImport(files, request, String(id)))));
    },
  );

  api.post(
    `/${path}/CustomXML`,
    {
      config: { filterPrefix: '', takesFiles: true },
      schema: operation(version, `customXml${path}`, path, `${path} in XML`, {
        description: 'As Import of XML: by the names of the JSON (docs/files.md). Answers the import.',
        querystring: Type.Object({
          xmltype: Type.Optional(
            Type.String({ maxLength: 100, wireName: 'xmlType', description: 'Has no effect.' }),
          ),
        }),
        ok: StringMessage,
      }),
    },
    async (request, reply) => {
      const { bytes, name } = sentIn(request);
      const id = await insertFile(db.prisma, {
        ...senderOf(request),
        kind,
        via: 'http',
        format: 'xml',
        name,
        bytes,
        readAt: new Date(clock.now().getTime() + READ_BY_OTHERS_MS),
        now: clock.now(),
      });
      const file = (await readReceived(files, id)) ?? (await findImport(files, request, String(id)));
      if (file.state !== 'refused') return sendMessage(reply, sentenceOf(file));
      const [line] = file.results;
      throw new AppError('invalid-document', file.reason ?? 'No document of the file was taken.', {
        details: (line?.Errors ?? []).map((message) => ({ message })),
      });
    },
  );
}

/** X12 by HTTP: an addition, for partners who post instead of logging in. */
function ediRoute(api: Api, { files }: ImportRoutesDeps): void {
  const { db, clock } = files;
  api.post(
    '/EDI',
    {
      config: { takesFiles: true },
      schema: operation('v3', 'postEdi', 'Deliveries', 'Interchanges of X12', {
        description:
          'By the delivery profile of their sender. The 997 of each group waits with GET Deliveries?state=waiting at once.',
        ok: DocumentImportMessage,
      }),
    },
    async (request, reply) => {
      const { bytes, name } = sentIn(request);
      const id = await insertFile(db.prisma, {
        ...senderOf(request),
        kind: 'x12',
        via: 'http',
        format: 'x12',
        name,
        bytes,
        readAt: new Date(clock.now().getTime() + READ_BY_OTHERS_MS),
        now: clock.now(),
      });
      const file = await readReceived(files, id);
      return sendMessage(reply, renderImport(file ?? (await findImport(files, request, String(id)))));
    },
  );
}

function senderOf({ caller }: FastifyRequest): Pick<NewFile, 'companyId' | 'by'> {
  return { companyId: caller.companyId, by: caller };
}

/** A JSON body is a file, too. @throws AppError invalid-request */
function sentIn({ sentFile, received }: FastifyRequest): { bytes: Buffer; name: string | null } {
  const file = sentFile ?? (received ? { bytes: Buffer.from(writeJson(received.kept)), name: null } : null);
  if (file && file.bytes.length > 0) return file;
  throw invalidRequest('file', 'is empty', 'Send the file as a form with the field file, or as the body');
}

/** The format that a caller has said, else what the content looks like. */
function formatNamed(named: string | undefined, bytes: Buffer | null): FileFormat {
  const format = (named ?? '').trim().replace(/^\./, '').toLowerCase();
  if (format === '') {
    const inside = bytes ? recognised(bytes) : 'csv';
    if (inside !== 'x12') return inside;
    throw invalidRequest('file', 'is X12, which says itself what it holds', 'Send it with POST EDI of v3');
  }
  if (format in codecs) return format as FileFormat;
  throw invalidRequest('FileType', 'must be csv, xlsx, xml or json', 'Leave it out for csv');
}

async function addTo(
  files: ReadFileDeps,
  request: FastifyRequest,
  { importid, bytes, name, readAt }: { importid: string; bytes: Buffer; name: string | null; readAt: Date },
): Promise<number> {
  const { id, state } = await findImport(files, request, importid);
  const { companyId } = request.caller;
  if (await addBytes(files.db.prisma, { companyId, id, bytes, name, readAt })) return id;
  throw new AppError('conflict', 'The import has a file already.', {
    details: [{ field: 'importId', message: `is ${state}`, next: 'Make another one with CreateImport' }],
  });
}

function sentenceOf({ id, taken, documents }: ReceivedFile): string {
  return `Import ${id}: ${taken} of ${documents} documents were taken.`;
}
