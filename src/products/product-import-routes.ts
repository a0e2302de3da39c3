import { Type } from 'typebox';
import { connectionOf, PartnerParams } from '../connections/shop-in-path.js';
import type { Api, ApiVersion } from '../http/api.js';
import { sendJson, sendMessage } from '../http/envelope.js';
import { operation } from '../http/operation.js';
import { registerUploads } from '../http/uploads.js';
import { findImport } from '../imports/find-imports.js';
import type { ImportRecord } from '../imports/import.js';
import type { ImportRouteDeps } from '../imports/import-routes.js';
import { readImport } from '../imports/read-import.js';
import { receive } from '../imports/receive.js';
import { writeJson } from '../formats/json.js';
import { AppError } from '../kernel/errors.js';
import { StringMessage } from '../logicbroker/envelopes.js';
import { ProductFileUpload } from '../logicbroker/product-media-schema.js';
import { ProductImportRequest, ProductImportResult } from '../logicbroker/product-schema.js';
import { ref } from '../logicbroker/schema.js';
import { PRODUCT_FEED } from './feed/product-feed.js';
import {
  findTicket,
  makeTicket,
  useTicket,
  claimTicket,
  releaseTicket,
  type ImportTicket,
} from './import-ticket-store.js';

const TAG = 'Product';
const PATH = '/Product/:partnerId/Imports/SupplierProducts';
const ImportQuery = Type.Object({
  importid: Type.String({
    maxLength: 100,
    wireName: 'importId',
    description: 'As the address of the upload has it (POST Imports/SupplierProducts).',
  }),
});

/** Logicbroker's three steps of a file , in every version: announce it, upload it to the address of the answer, ask what became of it. */
export function productImportRoutes(parent: Api, version: ApiVersion, deps: ImportRouteDeps): void {
  const { imports } = deps;
  const { db, clock } = imports;
  parent.post(
    PATH,
    {
      schema: operation(version, 'startSupplierProductImport', TAG, 'Announce a file of products', {
        description:
          'Answers the address to which the file is uploaded. Files are read by their headers: the body has no effect.',
        params: PartnerParams,
        body: ref(ProductImportRequest),
        ok: StringMessage,
      }),
    },
    async (request, reply) => {
      const { id: connectionId, companyId, partnerId } = await connectionOf(db, request);
      const ticket = await makeTicket(db.prisma, { companyId, connectionId, now: clock.now() });
      const path = `/api/${version}/Product/${partnerId}/Imports/SupplierProducts/Upload?importId=${ticket}`;
      return sendMessage(reply, `${request.protocol}://${request.host}${path}`);
    },
  );
  parent.get(
    `${PATH}/Status`,
    {
      config: { filterPrefix: '' },
      schema: operation(version, 'getSupplierProductImport', TAG, 'What became of a file of products', {
        params: PartnerParams,
        querystring: ImportQuery,
        ok: ProductImportResult,
      }),
    },
    async (request, reply) => {
      const { id, companyId } = await connectionOf(db, request);
      const ticket = await findTicket(db.prisma, companyId, request.query.importid);
      if (ticket?.connectionId !== id) throw noSuchTicket();
      const { importId } = ticket;
      const record = importId === null ? null : await findImport(db.prisma, { companyId, id: importId });
      return sendJson(reply, writeJson(render(record, importId !== null)));
    },
  );
  void parent.register(async (scope) => {
    const api: Api = scope;
    await registerUploads(api, {
      limitBytes: deps.uploadLimitBytes,
      async take(request, content, name) {
        const ticket = await openTicket(deps, request);
        if (!(await claimTicket(db.prisma, ticket))) throw usedTicket();
        const { companyId, connectionId } = ticket;
        const fileLimitBytes = deps.uploadLimitBytes;
        const by = request.caller;
        const importId = await receive({ ...imports, fileLimitBytes }, content, {
          companyId,
          connectionId,
          feedKind: PRODUCT_FEED,
          via: 'http',
          name,
          by,
        }).catch(async (error: unknown) => {
          await releaseTicket(db.prisma, ticket);
          throw error;
        });
        const record = await findImport(db.prisma, { companyId, id: importId });
        if (!(await useTicket(db.prisma, ticket, importId))) throw usedTicket(importId);
        // What goes wrong stands in the record, which the status shows; should this process end, a worker reads it.
        void deps.takeTurn(() => readImport(imports, importId)).catch(() => undefined);
        return { sha256: record?.sha256 ?? '' };
      },
    });
    api.post(
      `${PATH}/Upload`,
      {
        config: { filterPrefix: '', takesFiles: true },
        schema: {
          ...operation(version, 'uploadSupplierProducts', TAG, 'Upload a file of products', {
            description:
              'CSV, XLSX, XML or JSON in the form field `file`. It is read at once; the status says what became of it.',
            params: PartnerParams,
            querystring: ImportQuery,
            body: ref(ProductFileUpload),
            ok: StringMessage,
            takesFiles: true,
          }),
          consumes: ['multipart/form-data'],
        },
      },
      async (request, reply) => {
        await connectionOf(db, request);
        if (request.received?.kept !== null)
          throw new AppError('invalid-request', 'The body is no file.', {
            details: [{ field: 'file', message: 'a form field with the file is needed' }],
          });
        return sendMessage(reply, request.query.importid);
      },
    );
  });
}

/** Before anything of the call was validated. @throws AppError not-found, conflict */
async function openTicket(
  { imports }: ImportRouteDeps,
  { query, caller }: { query: unknown; caller: { companyId: number } },
): Promise<ImportTicket> {
  const { importid } = query as Record<string, unknown>;
  const ticket =
    typeof importid === 'string' && importid.length <= 100
      ? await findTicket(imports.db.prisma, caller.companyId, importid)
      : null;
  if (!ticket) throw noSuchTicket();
  if (ticket.importId !== null) throw usedTicket();
  return ticket;
}

function render(record: ImportRecord | null, hasCome: boolean): object {
  if (record === null)
    return {
      Complete: false,
      ...(hasCome ? { ErrorMessage: 'The report of the file is not kept any more.' } : {}),
    };
  const { state, counts, reason, companyId: _, id } = record;
  const { rows = 0, errors = 0 } = counts;
  const isRefused = state === 'refused';
  return {
    Complete: !['receiving', 'received', 'held'].includes(state),
    FailedRecords: isRefused && rows === 0 ? 0 : errors,
    ImportedRecords: isRefused ? 0 : Math.max(0, rows - errors),
    ErrorReport: errors > 0 || isRefused ? `/api/v3/Inventory/Imports/${id}/Errors` : '',
    OriginalFile: '',
    ErrorMessage: reason ?? '',
  };
}

function noSuchTicket(): AppError {
  return new AppError('not-found', 'There is no such import.', {
    details: [{ field: 'importId', message: 'is not known in this shop' }],
  });
}

/** @param alsoTaken of two files that came at once the second one is taken too, and has a number of its own */
function usedTicket(alsoTaken?: number): AppError {
  const next =
    alsoTaken === undefined ? 'Announce another import' : `This file was taken as import ${alsoTaken}`;
  return new AppError('conflict', 'A file has come for this import already.', {
    details: [{ field: 'importId', message: 'is used', next }],
  });
}
