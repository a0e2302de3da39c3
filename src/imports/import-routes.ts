import { Type } from 'typebox';
import { findConnection } from '../connections/connection-store.js';
import { AppError } from '../kernel/errors.js';
import { writeJson } from '../formats/json.js';
import type { Api, ApiVersion } from '../http/api.js';
import { listText, sendJson, sendMessage } from '../http/envelope.js';
import { asksForCsv } from '../http/file-answer.js';
import { operation } from '../http/operation.js';
import { StringMessage } from '../logicbroker/envelopes.js';
import {
  InventoryErrorsMessage,
  InventoryImportArrayResponse,
  InventoryImportMessage,
} from '../logicbroker/inventory-schema.js';
import { readKey } from '../documents/document.js';
import { confirmImport, refuseImport } from './confirm-import.js';
import { reportCsv, reportLine } from './file-report.js';
import { findImport, listFindings, listImports } from './find-imports.js';
import type { ImportRecord } from './import.js';
import { findKind, type ImportDeps } from './import-deps.js';
import type { TakeTurn } from './import-turns.js';
import { renderImport } from './render-import.js';
import { connectionOf, PartnerParams } from '../connections/shop-in-path.js';

export interface ImportRouteDeps {
  imports: ImportDeps;
  takeTurn: TakeTurn;
  /** Largest file that is taken. */
  uploadLimitBytes: number;
}

const ImportParams = Type.Object({ ImportId: Type.String() });
const IMPORTS_PER_PAGE = 100;

/** The records of files: an addition to the contract, in which an upload answers a text and nothing else. */
export function importRoutes(api: Api, version: ApiVersion, deps: ImportRouteDeps): void {
  const { imports } = deps;
  const { db } = imports;
  const render = (record: ImportRecord, partnerId: number): object =>
    renderImport(record, partnerId, findKind(imports, record.kind));
  const find = async (request: { params: { ImportId: string }; caller: { companyId: number } }) => {
    const { companyId } = request.caller;
    const record = await findImport(db.prisma, { companyId, id: readKey(request.params.ImportId) ?? 0 });
    const connection = record && (await findConnection(db.prisma, { companyId, id: record.connectionId }));
    if (!record || !connection) throw noSuchImport();
    return { record, connection };
  };

  api.get(
    '/Inventory/:partnerId/Imports',
    {
      config: { filterPrefix: '' },
      schema: operation(version, 'getInventoryImports', 'Inventory', 'The files that a shop was sent', {
        description: 'Newest first, 100 a page.',
        params: PartnerParams,
        querystring: Type.Object({
          page: Type.Optional(Type.Integer({ format: 'int32', minimum: 0, maximum: 1_000_000 })),
        }),
        ok: InventoryImportArrayResponse,
      }),
    },
    async (request, reply) => {
      const { id: connectionId, partnerId } = await connectionOf(db, request);
      const numbers = { page: request.query.page ?? 0, pageSize: IMPORTS_PER_PAGE };
      const { records, total } = await listImports(db.prisma, { connectionId, ...numbers });
      const texts = records.map((record) => writeJson(render(record, partnerId)));
      return sendJson(reply, listText('v3', 'Imports', texts, { ...numbers, totalRecords: total }));
    },
  );

  api.get(
    '/Inventory/Imports/:ImportId',
    {
      schema: operation(version, 'getInventoryImport', 'Inventory', 'What became of a file', {
        params: ImportParams,
        ok: InventoryImportMessage,
      }),
    },
    async (request, reply) => {
      const { record, connection } = await find(request);
      return sendMessage(reply, render(record, connection.partnerId));
    },
  );

  api.get(
    '/Inventory/Imports/:ImportId/Errors',
    {
      config: { alsoAnswers: ['text/csv'] },
      schema: operation(version, 'getInventoryImportErrors', 'Inventory', 'What is to be said about rows', {
        description:
          'Rows that were not taken, values that were not taken as they stand there, and rows that a later row overrides: the ' +
          'first 10,000; Counts of the import has the number of all. With `Accept: text/csv` as a file that a ' +
          'spreadsheet opens without running formulas.',
        params: ImportParams,
        ok: InventoryErrorsMessage,
      }),
    },
    async (request, reply) => {
      const { record } = await find(request);
      const rows = (await listFindings(db.prisma, record.id)).map(reportLine);
      if (!asksForCsv(request)) return sendMessage(reply, rows);
      const errors = rows.filter(({ Level }) => Level === 'error').length;
      return reply.type('text/csv; charset=utf-8').send(`${reportCsv(rows)}${remainder(record, errors)}`);
    },
  );

  api.put(
    '/Inventory/Imports/:ImportId/Confirm',
    {
      schema: operation(version, 'confirmInventoryImport', 'Inventory', 'Apply a feed that the brake holds', {
        description:
          'It counts from when it arrived: what a later file said stays. See the setting spikeBrakePercent. An addition to the ' +
          'contract.',
        params: ImportParams,
        ok: StringMessage,
      }),
    },
    async (request, reply) => {
      const { record, connection } = await find(request);
      const counts = await deps.takeTurn(() =>
        confirmImport(imports, { connection, record, by: request.caller }),
      );
      const { added = 0, changed = 0, superseded = 0 } = counts;
      const late = superseded > 0 ? `, ${superseded} SKUs of which something later counts` : '';
      return sendMessage(reply, `Import ${record.id} was applied: ${added} new, ${changed} changed${late}.`);
    },
  );

  api.put(
    '/Inventory/Imports/:ImportId/Refuse',
    {
      schema: operation(version, 'refuseInventoryImport', 'Inventory', 'Forget a feed that the brake holds', {
        description: 'For a feed that was a mistake. Quantities of 0 that were let through stay.',
        params: ImportParams,
        ok: StringMessage,
      }),
    },
    async (request, reply) => {
      const { record, connection } = await find(request);
      await refuseImport(imports, { connection, record, by: request.caller });
      return sendMessage(reply, `Import ${record.id} was refused: nothing more of it is applied.`);
    },
  );
}

/** A report that is cut says so. */
function remainder({ counts }: ImportRecord, shown: number): string {
  const more = (counts.errors ?? 0) - shown;
  return more > 0 ? `,,,${more} more rows were not taken,,error,,,\r\n` : '';
}

function noSuchImport(): AppError {
  return new AppError('not-found', 'There is no such import.', {
    details: [{ field: 'ImportId', message: 'is not known' }],
  });
}
