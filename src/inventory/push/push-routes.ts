import { isStorable } from '../../kernel/plain-text.js';
import { stringify } from 'csv-stringify/sync';
import { Readable } from 'node:stream';
import { Type } from 'typebox';
import { findDuplicates } from '../../catalogue/catalogue-store.js';
import { connectionOf, PartnerParams } from '../../connections/shop-in-path.js';
import { caseTwins } from '../../domain/sku.js';
import { AppError } from '../../kernel/errors.js';
import type { Api, ApiVersion } from '../../http/api.js';
import { sendMessage } from '../../http/envelope.js';
import { operation } from '../../http/operation.js';
import { timeText } from '../../logicbroker/explanation-schema.js';
import {
  DuplicateSkusMessage,
  FreshnessMessage,
  InventoryExplanationMessage,
  NotSentMessage,
} from '../../logicbroker/push-explanation-schema.js';
import type { Database, Tx } from '../../store/database.js';
import { finishText } from '../../sync/budgets/expected-finish.js';
import { SECOND_MS, type Clock } from '../../kernel/time.js';
import type { ExpectPush } from './expected-push.js';
import { explainItem } from './push-explain.js';
import { toExplanation } from './explanation-document.js';
import { countUnsent, findUnsent, readFreshness, type UnsentItem } from './push-report.js';

interface PushRouteDeps {
  db: Database;
  clock: Clock;
  expectPush?: ExpectPush | undefined;
}

const SkuParams = Type.Object({
  ...PartnerParams.properties,
  sku: Type.String({ description: 'Your SKU.' }),
});
const PageQuery = {
  page: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000, description: 'From 0.' })),
  pagesize: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 500, wireName: 'pageSize', description: '100 when left out.' }),
  ),
};
const NotSentQuery = Type.Object({
  ...PageQuery,
  gate: Type.Optional(Type.String({ maxLength: 50, description: 'Only items that stand at this rule.' })),
  filetype: Type.Optional(
    Type.String({ maxLength: 10, description: 'json (the default), or csv for a file.' }),
  ),
});

const DEFAULT_PAGE_SIZE = 100;
const ROWS_PER_READ = 2_000;

/** Why inventory is not in TikTok, and how far TikTok is behind: additions to the contract. */
export function pushRoutes(api: Api, version: ApiVersion, deps: PushRouteDeps): void {
  explainRoute(api, version, deps);
  notSentRoute(api, version, deps);
  freshnessRoute(api, version, deps);
  duplicatesRoute(api, version, deps);
}

function explainRoute(api: Api, version: ApiVersion, deps: PushRouteDeps): void {
  api.get(
    '/Inventory/:partnerId/Item/:sku/Explain',
    {
      schema: operation(version, 'explainInventoryItem', 'Inventory', 'Why an item is (not) in TikTok', {
        description: 'Decides about the item as the push would now, and sends nothing.',
        params: SkuParams,
        ok: InventoryExplanationMessage,
      }),
    },
    async (request, reply) => {
      const { id: connectionId, companyId } = await connectionOf(deps.db, request);
      const { sku } = request.params;
      // No item has such a name, and no column could be asked for it.
      if (!isStorable(sku)) throw new AppError('not-found', 'There is no such item.');
      const explanation = await explainItem(deps, { companyId, connectionId, supplierSku: sku.trim() });
      return sendMessage(reply, { InventoryExplanation: toExplanation(explanation) });
    },
  );
}

function notSentRoute(api: Api, version: ApiVersion, deps: PushRouteDeps): void {
  const { db } = deps;
  api.get(
    '/Inventory/:partnerId/NotSent',
    {
      config: { rateClass: 'search', filterPrefix: '', alsoAnswers: ['text/csv'] },
      schema: operation(version, 'getInventoryNotSent', 'Inventory', 'Items that are not sent, and why', {
        description: 'By reason, with one page of the items; as csv all of them.',
        params: PartnerParams,
        querystring: NotSentQuery,
        ok: NotSentMessage,
      }),
    },
    async (request, reply) => {
      const { id } = await connectionOf(deps.db, request);
      const { page = 0, pagesize: limit = DEFAULT_PAGE_SIZE, gate, filetype = 'json' } = request.query;
      const only = gate === undefined ? {} : { gate: gate.replaceAll('\0', '') };
      switch (filetype.toLowerCase()) {
        case 'csv':
          return reply
            .type('text/csv; charset=utf-8')
            .header('content-disposition', 'attachment; filename="not-sent.csv"')
            .send(Readable.from(csvOf(db.prisma, id, only)));
        case 'json':
          break;
        default:
          throw new AppError('invalid-request', 'The request is not valid', {
            details: [{ field: 'fileType', message: 'must be json or csv' }],
          });
      }
      const reasons = await countUnsent(db.prisma, id);
      const items = await findUnsent(db.prisma, id, { ...only, limit, offset: page * limit });
      return sendMessage(reply, {
        NotSent: {
          TotalRecords: reasons.reduce((total, { count }) => total + count, 0),
          Reasons: reasons.map(({ state, gate: name, count }) => ({
            State: state,
            Gate: name,
            Count: count,
          })),
          Items: items.map(toUnsentItem),
          CurrentPage: page,
        },
      });
    },
  );
}

function freshnessRoute(api: Api, version: ApiVersion, deps: PushRouteDeps): void {
  api.get(
    '/Inventory/:partnerId/Freshness',
    {
      schema: operation(version, 'getInventoryFreshness', 'Inventory', 'How far TikTok is behind', {
        description: 'The oldest change that is not in TikTok yet, and counts.',
        params: PartnerParams,
        ok: FreshnessMessage,
      }),
    },
    async (request, reply) => {
      const { id } = await connectionOf(deps.db, request);
      const fresh = await readFreshness(deps.db.prisma, id);
      const expected = fresh.pending > 0 ? await deps.expectPush?.now(id) : null;
      const { oldestPending } = fresh;
      const behindMs = oldestPending ? deps.clock.now().getTime() - oldestPending.getTime() : 0;
      return sendMessage(reply, {
        Freshness: {
          SecondsBehind: Math.max(0, Math.round(behindMs / SECOND_MS)),
          OldestPending: timeText(oldestPending),
          OldestUnsent: timeText(fresh.oldestUnsent),
          Pending: fresh.pending,
          Waiting: fresh.waiting,
          Refused: fresh.refused,
          Expected: expected
            ? {
                Calls: expected.calls,
                CallsPerSecond: expected.rateNow,
                ExpectedCallsPerSecond: expected.rateExpected,
                Seconds: expected.seconds,
                FinishAt: timeText(expected.finishAt),
                Text: finishText(expected),
              }
            : undefined,
        },
      });
    },
  );
}

function duplicatesRoute(api: Api, version: ApiVersion, deps: PushRouteDeps): void {
  api.get(
    '/Inventory/:partnerId/DuplicateSkus',
    {
      config: { rateClass: 'search' },
      schema: operation(
        version,
        'getDuplicateSkus',
        'Inventory',
        'Seller SKUs that are not unique in TikTok',
        {
          description: 'As of the last read of the catalogue.',
          params: PartnerParams,
          querystring: Type.Object(PageQuery),
          ok: DuplicateSkusMessage,
        },
      ),
    },
    async (request, reply) => {
      const { environment, shopId } = await connectionOf(deps.db, request);
      const { page = 0, pagesize: limit = DEFAULT_PAGE_SIZE } = request.query;
      const shop = { environment, shopId: shopId ?? '' };
      const skus = await findDuplicates(deps.db.prisma, shop, { limit, offset: page * limit });
      const sellerSkus = skus.map(({ sellerSku }) => sellerSku);
      return sendMessage(reply, {
        DuplicateSkus: {
          Skus: skus.map(({ sellerSku, skuId, productId }) => ({
            MerchantSKU: sellerSku,
            TikTokSkuId: skuId,
            TikTokProductId: productId,
            DiffersInCaseFrom: caseTwins(sellerSku, sellerSkus),
            IsSent: sellerSkus.filter((other) => other === sellerSku).length === 1,
          })),
          CurrentPage: page,
        },
      });
    },
  );
}

function toUnsentItem(item: UnsentItem): object {
  return {
    SupplierSKU: item.supplierSku,
    MerchantSKU: item.merchantSku ?? undefined,
    State: item.state,
    Gate: item.gate,
    Reason: item.reason,
    Next: item.next,
    UnsentSince: timeText(item.unsentSince),
    RetryAt: timeText(item.retryAt),
  };
}

const CSV_COLUMNS = [
  'SupplierSKU',
  'MerchantSKU',
  'State',
  'Gate',
  'Reason',
  'Next',
  'UnsentSince',
  'RetryAt',
];

/** All of them, piece by piece. For spreadsheets, hence no cell that one would take for a formula. */
async function* csvOf(db: Tx, connectionId: number, only: { gate?: string }): AsyncGenerator<string> {
  const format = { record_delimiter: '\r\n', escape_formulas: true };
  yield stringify([CSV_COLUMNS], format);
  for (let after = ''; ;) {
    const page = await findUnsent(db, connectionId, { ...only, after, limit: ROWS_PER_READ });
    const last = page.at(-1);
    if (!last) return;
    yield stringify(
      page.map((item) => {
        const { supplierSku, merchantSku, state, gate, reason, next, unsentSince, retryAt } = item;
        return [
          supplierSku,
          merchantSku,
          state,
          gate,
          reason,
          next,
          timeText(unsentSince),
          timeText(retryAt),
        ];
      }),
      format,
    );
    after = last.skuKey;
  }
}
