import { somebody } from '../support/actors.js';
import type { AcknowledgementDeps } from '../../src/acknowledgements/acknowledgement-deps.js';
import {
  createAcknowledgement,
  type CreatedAcknowledgement,
} from '../../src/acknowledgements/create-acknowledgement.js';
import { acknowledgementDeps } from '../../src/compose/kinds.js';
import { findDocument } from '../../src/documents/document-store.js';
import { parseJson } from '../../src/formats/json.js';
import type { JsonObject } from '../../src/logicbroker/json-reading.js';
import type { Test } from 'tap';
import { createKey, testApi } from '../support/api.js';
import type { ShopWorld, TestOrder, World } from '../shipments/world.js';

export interface AckView {
  key: number;
  status: number;
  error: string | null;
  document: JsonObject;
  /** Of its history, oldest first. */
  events: string[];
}

/** Acknowledgements of one shop's orders, as its ERP sends them. */
export interface Acknowledging {
  send(order: TestOrder, document: JsonObject): Promise<CreatedAcknowledgement>;
  /** Sends and delivers; answers the acknowledgement as it is then. */
  settled(order: TestOrder, document: JsonObject): Promise<AckView>;
  view(key: number): Promise<AckView>;
  statusOf(order: TestOrder): Promise<number>;
  /** What TikTok has cancelled on an order by the API: `kind: pieces`, in order. */
  effects(order: TestOrder): string[];
  /** Calls of the API with this shop's key. */
  api: (t: Test) => Promise<Call>;
  set: (settings: JsonObject) => Promise<void>;
}

export type Call = (
  method: 'GET' | 'POST' | 'PUT',
  url: string,
  payload?: object | string,
) => Promise<{ status: number; json: JsonObject; text: string }>;

export function acknowledging(world: World, shop: ShopWorld): Acknowledging {
  const { db, clock, control } = world;
  const { companyId } = shop;
  const deps: AcknowledgementDeps = acknowledgementDeps(world.deps);
  const own: Acknowledging = {
    send: (order, document) =>
      createAcknowledgement(deps, {
        by: somebody,
        companyId,
        document: asReceived({ PartnerPO: order.tiktokOrderId, ...document }),
      }),
    async settled(order, document) {
      const { key } = await own.send(order, document);
      await world.settle();
      return own.view(key);
    },
    async view(key) {
      const found = await findDocument(db, { companyId, type: 'acknowledgement', key });
      if (!found) throw new Error(`there is no acknowledgement ${key}`);
      const events = await db.prisma.event.findMany({ where: { documentKey: key }, orderBy: { id: 'asc' } });
      return {
        key,
        status: found.statusCode,
        error: found.errorMessage,
        document: JSON.parse(found.body) as JsonObject,
        events: events.map(({ level, summary }) => `${level} ${summary}`),
      };
    },
    statusOf: async (order) => (await shop.orderDocument(order)).statusCode,
    effects: (order) =>
      control
        .effects({ order: order.tiktokOrderId, via: 'api' })
        .filter(({ kind }) => kind.startsWith('cancel'))
        .map(({ kind, unitIds }) => `${kind}: ${unitIds.toSorted().join(',')}`),
    async api(t) {
      const { app } = await testApi(t, db, { clock, domain: world.deps });
      const subscriptionkey = await createKey(db, shop);
      return async (method, url, payload) => {
        const answer = await app.inject({
          method,
          url: `/api/${url}`,
          headers: { subscriptionkey, 'content-type': 'application/json' },
          ...(payload === undefined ? {} : { payload }),
        });
        return { status: answer.statusCode, json: answer.json<JsonObject>(), text: answer.body };
      };
    },
    async set(settings) {
      const { id } = shop.connection;
      await db.pool.query('UPDATE connections SET settings = settings || $2::jsonb WHERE id = $1', [
        id,
        JSON.stringify(settings),
      ]);
    },
  };
  return own;
}

/** As it comes over HTTP: through text, numbers with their digits. */
function asReceived(document: JsonObject): JsonObject {
  return parseJson(JSON.stringify(document)) as JsonObject;
}

export interface AckLineInput {
  sku: string;
  accept?: number;
  cancel?: number;
  back?: number;
}

export function ackOf(number: string, lines: AckLineInput[], more: JsonObject = {}): JsonObject {
  return {
    AcknowledgementNumber: number,
    AckLines: lines.map(({ sku, accept, cancel, back }) => ({
      ItemIdentifier: { SupplierSKU: sku },
      Quantity: accept,
      QuantityCancelled: cancel,
      QuantityBackordered: back,
    })),
    ...more,
  };
}
