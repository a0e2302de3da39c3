import { Type } from 'typebox';
import { writeJson } from '../formats/json.js';
import type { Api, ApiVersion } from '../http/api.js';
import { listText, sendJson, sendMessage } from '../http/envelope.js';
import { operation } from '../http/operation.js';
import { StringMessage } from '../logicbroker/envelopes.js';
import {
  anyTable,
  LBCustomLookup,
  LBCustomLookupTable,
  LookupsResponse,
  LookupTablesResponse,
} from '../logicbroker/lookup-schema.js';
import { ref } from '../logicbroker/schema.js';
import type { Database } from '../store/database.js';
import type { Clock } from '../kernel/time.js';
import {
  addRow,
  changeRow,
  getTable,
  listTables,
  removeRows,
  removeTable,
  saveTable,
} from './change-lookups.js';
import { MOST_ROWS, type LookupRow, type LookupTable } from './lookup-table.js';
import { countRows, listRows } from './lookup-store.js';

interface LookupRouteDeps {
  db: Database;
  clock: Clock;
}

const TABLES = '/Settings/CustomLookupTables';
const TABLE = `${TABLES}/:name`;
const ROWS = `${TABLE}/Lookups`;
const ROW = `${ROWS}/:id`;
const TAG = 'Settings';
/** Clients of the contract do not turn pages: they get a whole table of ordinary size. */
const PAGE_SIZE = 1_000;

const anyRow = Type.Object({
  ...anyTable.properties,
  id: Type.Integer({ format: 'int32', minimum: 0, maximum: 2_147_483_647, description: 'Id of the row.' }),
});
const pages = Type.Object({
  page: Type.Optional(
    Type.Integer({ format: 'int32', minimum: 0, maximum: MOST_ROWS, description: 'Counted from 0.' }),
  ),
  pagesize: Type.Optional(
    Type.Integer({
      format: 'int32',
      minimum: 1,
      maximum: PAGE_SIZE,
      wireName: 'pageSize',
      description: `${PAGE_SIZE} when left out.`,
    }),
  ),
});

export function lookupRoutes(api: Api, version: ApiVersion, deps: LookupRouteDeps): void {
  readRoutes(api, version, deps);
  rowRoutes(api, version, deps);
  // Logicbroker makes tables on its own pages.
  if (version === 'v3') tableRoutes(api, version, deps);
}

function readRoutes(api: Api, version: ApiVersion, { db }: LookupRouteDeps): void {
  api.get(
    TABLES,
    {
      schema: operation(version, 'getCustomLookupTables', TAG, 'Your tables of values', {
        description:
          'Carriers and CancelReasons are in every company. Every other table adds values to the orders that come after its rows.',
        ok: LookupTablesResponse,
      }),
    },
    async (request, reply) => {
      const tables = (await listTables(db.prisma, request.caller.companyId)).map((table) =>
        writeJson(toBody(table)),
      );
      const numbers = { page: 0, pageSize: Math.max(1, tables.length), totalRecords: tables.length };
      // Logicbroker has no v1 of these lists: one shape for all.
      return sendJson(reply, listText('v3', 'CustomLookupTables', tables, numbers));
    },
  );

  api.get(
    ROWS,
    {
      config: { filterPrefix: '' },
      schema: operation(version, 'getCustomLookups', TAG, 'The rows of a table', {
        params: anyTable,
        querystring: pages,
        ok: LookupsResponse,
      }),
    },
    async (request, reply) => {
      const { companyId } = request.caller;
      const { page = 0, pagesize: pageSize = PAGE_SIZE } = request.query;
      const table = await getTable(db.prisma, companyId, request.params.name);
      const which = { companyId, table };
      const rows = await listRows(db.prisma, which, { skip: page * pageSize, take: pageSize });
      const totalRecords = await countRows(db.prisma, which);
      const texts = rows.map((row) => writeJson(toRow(table, row)));
      return sendJson(reply, listText('v3', 'CustomLookups', texts, { page, pageSize, totalRecords }));
    },
  );
}

function rowRoutes(api: Api, version: ApiVersion, deps: LookupRouteDeps): void {
  api.post(
    ROWS,
    {
      config: { bodyExamples },
      schema: operation(version, 'createCustomLookup', TAG, 'Add a row to a table', {
        description:
          'It counts for shipments, cancellations and orders that come after. The body of the answer is the id.',
        params: anyTable,
        body: ref(LBCustomLookup),
        ok: StringMessage,
      }),
    },
    async (request, reply) => {
      const { params, body } = request;
      const by = request.caller;
      const id = await addRow(deps, { companyId: by.companyId, by, name: params.name }, body);
      return sendMessage(reply, String(id));
    },
  );

  api.put(
    ROW,
    {
      schema: operation(version, 'updateCustomLookup', TAG, 'Give a row other values', {
        description: 'The row has the columns of the body afterwards, and no others.',
        params: anyRow,
        body: ref(LBCustomLookup),
        ok: StringMessage,
      }),
    },
    async (request, reply) => {
      const { params, body } = request;
      const by = request.caller;
      const { id, name } = params;
      await changeRow(deps, { companyId: by.companyId, by, name, id }, body);
      return sendMessage(reply, String(id));
    },
  );

  api.delete(
    ROW,
    {
      schema: operation(version, 'deleteCustomLookup', TAG, 'Take a row out of a table', {
        params: anyRow,
        ok: StringMessage,
      }),
    },
    async (request, reply) => {
      const { params } = request;
      const by = request.caller;
      const { id, name } = params;
      await removeRows(deps, { companyId: by.companyId, by, name, id });
      return sendMessage(reply, String(id));
    },
  );

  api.delete(
    ROWS,
    {
      schema: operation(version, 'deleteCustomLookups', TAG, 'Take all rows out of a table', {
        params: anyTable,
        ok: StringMessage,
      }),
    },
    async (request, reply) => {
      const { params } = request;
      const by = request.caller;
      const count = await removeRows(deps, { companyId: by.companyId, by, name: params.name });
      return sendMessage(reply, `${count} rows were removed`);
    },
  );
}

function tableRoutes(api: Api, version: ApiVersion, deps: LookupRouteDeps): void {
  api.put(
    TABLE,
    {
      schema: operation(version, 'saveCustomLookupTable', TAG, 'Make or change a table', {
        description:
          'A column with a Match is compared with the order, the others become extended attributes of the order, or of the line where a Match is of a line.',
        params: anyTable,
        body: ref(LBCustomLookupTable),
        ok: StringMessage,
      }),
    },
    async (request, reply) => {
      const { params, body } = request;
      const by = request.caller;
      await saveTable(deps, { companyId: by.companyId, by, name: params.name }, body);
      return sendMessage(reply, params.name);
    },
  );

  api.delete(
    TABLE,
    {
      schema: operation(version, 'deleteCustomLookupTable', TAG, 'Take out a table with its rows', {
        params: anyTable,
        ok: StringMessage,
      }),
    },
    async (request, reply) => {
      const { params } = request;
      const by = request.caller;
      await removeTable(deps, { companyId: by.companyId, by, name: params.name });
      return sendMessage(reply, params.name);
    },
  );
}

const bodyExamples = {
  carrier: {
    summary: 'Carriers: what you call a carrier, and which one of TikTok’s it is',
    value: {
      Columns: [
        { Title: 'Carrier', Value: 'UPS Ground' },
        { Title: 'TikTokProvider', Value: 'UPS' },
      ],
    },
  },
};

function toBody({ name, title, description, columns }: LookupTable): object {
  return {
    Name: name,
    Title: title,
    Description: description,
    Columns: columns.map((column) => ({ Title: column.title, Match: column.match ?? undefined })),
  };
}

function toRow({ columns }: LookupTable, { id, values, modifiedAt, modifiedBy }: LookupRow): object {
  return {
    Id: id,
    Columns: columns.map(({ title }) => ({ Title: title, Value: values[title] ?? '' })),
    LastModified: modifiedAt,
    ModifiedBy: modifiedBy,
  };
}
