import { writeJson } from '../formats/json.js';
import type { Api, ApiVersion } from '../http/api.js';
import { listText, sendJson, sendMessage } from '../http/envelope.js';
import { operation } from '../http/operation.js';
import { StringMessage } from '../logicbroker/envelopes.js';
import {
  anyLayout,
  FileLayout,
  FileLayoutArrayResponse,
  FileLayoutMessage,
} from '../logicbroker/layout-schema.js';
import { ref } from '../logicbroker/schema.js';
import { toIsoSeconds } from '../kernel/time.js';
import { confirmLayout, removeLayout } from './change-layouts.js';
import { findKind, type ImportDeps } from './import-deps.js';
import { layoutId, type Layout } from './file-layout.js';
import { listLayouts } from './layout-store.js';

const TAG = 'Inventory';
const LAYOUT = '/Layouts/:LayoutId';

/** What the columns of files mean, said once: an addition, in v3 only. */
export function layoutRoutes(api: Api, version: ApiVersion, deps: ImportDeps): void {
  if (version !== 'v3') return;
  api.get(
    '/Layouts',
    {
      schema: operation(version, 'getLayouts', TAG, 'What the columns of your files mean', {
        description:
          'Headers that a file had to ask about, and those that you have confirmed; last seen first. Files whose columns bear ' +
          'known names need none.',
        ok: FileLayoutArrayResponse,
      }),
    },
    async (request, reply) => {
      const layouts = await listLayouts(deps.db.prisma, request.caller.companyId);
      const texts = layouts.map((layout) => writeJson(toBody(deps, layout)));
      const numbers = { page: 0, pageSize: Math.max(1, texts.length), totalRecords: texts.length };
      return sendJson(reply, listText('v3', 'Layouts', texts, numbers));
    },
  );

  api.put(
    LAYOUT,
    {
      config: { bodyExamples },
      schema: operation(version, 'confirmLayout', TAG, 'Say what the columns of a header mean', {
        description:
          'Files with these columns, in whatever order, are read so from now on. The answer to a file with unknown columns ' +
          'names the call.',
        params: anyLayout,
        body: ref(FileLayout),
        ok: FileLayoutMessage,
      }),
    },
    async (request, reply) => {
      const by = request.caller;
      const change = { companyId: by.companyId, by, id: request.params.LayoutId };
      const layout = await confirmLayout(deps, change, request.body.Columns ?? {});
      return sendMessage(reply, toBody(deps, layout));
    },
  );

  api.delete(
    LAYOUT,
    {
      schema: operation(version, 'deleteLayout', TAG, 'Forget what the columns of a header mean', {
        description: 'Files with these columns are asked about again. What was read stays.',
        params: anyLayout,
        ok: StringMessage,
      }),
    },
    async (request, reply) => {
      const by = request.caller;
      const { LayoutId: id } = request.params;
      await removeLayout(deps, { companyId: by.companyId, by, id });
      return sendMessage(reply, `Layout ${id} was removed.`);
    },
  );
}

const bodyExamples = {
  columns: {
    summary: 'A price list with a column for each warehouse',
    value: { Columns: { 'Art.-Nr.': 'SupplierSKU', Hamburg: 'Quantity in HAM', VK: 'Cost', EK: null } },
  },
};

function toBody(deps: ImportDeps, layout: Layout): object {
  const { columns, mapping, confirmedAt, confirmedBy, importId } = layout;
  const fields = findKind(deps, layout.feedKind)?.fields ?? [];
  return {
    LayoutId: layoutId(layout),
    Kind: layout.feedKind,
    State: confirmedAt ? 'confirmed' : 'proposed',
    Columns: Object.fromEntries(columns.map((name) => [name, mapping[name] ?? null])),
    Fields: fields.map(({ name, ofEach }) => (ofEach ? `${name} NAME` : name)),
    ImportId: importId ?? undefined,
    SeenAt: toIsoSeconds(layout.seenAt),
    ConfirmedAt: confirmedAt ? toIsoSeconds(confirmedAt) : undefined,
    ConfirmedBy: confirmedBy ?? undefined,
  };
}
