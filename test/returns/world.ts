import { productFlows } from '../../src/compose/product-flows.js';
import { somebody, erpOf } from '../support/actors.js';
import type { Test } from 'tap';
import { findDocument, recordEvents } from '../../src/documents/document-store.js';
import { changeOneStatusByHand } from '../../src/documents/change-status-by-hand.js';
import { parseJson } from '../../src/formats/json.js';
import type { JsonObject } from '../../src/logicbroker/json-reading.js';
import { answerReturn, type GivenAnswer } from '../../src/returns/answer-return.js';
import { pullReturns } from '../../src/returns/pull-returns.js';
import { returnKind } from '../../src/returns/return-kind.js';
import { type FlowHandler } from '../../src/sync/flows/flows.js';
import { requestRun } from '../../src/sync/flows/request-run.js';
import { runFlow, type FlowReport } from '../../src/sync/flows/run-flow.js';
import {
  startWorld,
  type OrderedLine,
  type ShopWorld,
  type TestOrder,
  type World,
} from '../shipments/world.js';

/** A shop whose buyers send things back. */
export interface ReturnWorld {
  world: World;
  /** Runs the pull as "run now" does; the orders count as pulled before, unless told otherwise. */
  pull(shop: ShopWorld, options?: { ordersWerePulled?: boolean }): Promise<FlowReport>;
  /** A delivered order whose buyer has asked to send pieces back; TikTok has the request, we do not know it yet. */
  requested(shop: ShopWorld, options?: RequestOptions): Promise<TestReturn>;
  /** The same, pulled: the seller has the document. */
  received(shop: ShopWorld, options?: RequestOptions): Promise<TestReturn & { key: number }>;
  act(given: TestReturn, type: string, more?: object): void;
  answer(shop: ShopWorld, document: JsonObject, orderKey?: number): Promise<GivenAnswer>;
  /** The status call of one return. */
  setStatus(shop: ShopWorld, key: number, to: number): Promise<void>;
  view(shop: ShopWorld, given: TestReturn): Promise<ReturnView>;
  /** What TikTok was told about a return: decisions, in order. */
  decisions(given: TestReturn, via?: string): string[];
}

export interface RequestOptions {
  lines?: OrderedLine[];
  /** How many pieces go back; all when left out. */
  pieces?: number;
  act?: object;
  /** The order stays unknown to us. */
  unknownOrder?: boolean;
}

export interface TestReturn {
  returnId: string;
  order: TestOrder;
}

export interface ReturnView {
  key: number;
  parentKey: number | null;
  status: number;
  error: string | null;
  version: number;
  text: string;
  json: Record<string, any>; // oxlint-disable-line typescript/no-explicit-any -- asserted on field by field
  /** Attributes of the head by name. */
  attributes: Record<string, string>;
  events: string[];
}

export async function startReturnWorld(
  t: Test,
  options: { answerTimeoutMs?: number } = {},
): Promise<ReturnWorld> {
  const world = await startWorld(t, options);
  const { db, deps, clock, control } = world;
  const log = deps.log;

  const given: ReturnWorld = {
    world,
    async pull({ companyId, connection }, { ordersWerePulled = true } = {}) {
      if (ordersWerePulled) {
        const where = { connectionId: connection.id, name: 'pull-orders' };
        await db.prisma.flow.updateMany({ where, data: { lastFinishedAt: clock.now() } });
      }
      const choice = {
        companyId,
        connectionId: connection.id,
        name: 'pull-returns',
        now: clock.now(),
      } as const;
      const { flowId } = await requestRun(db.prisma, choice);
      const handlers = new Map<string, FlowHandler>([['pull-returns', (run) => pullReturns(deps, run)]]);
      return runFlow({ flows: productFlows, db, clock, log, recordEvents, handlers }, flowId);
    },
    async requested(shop, options = {}) {
      const { lines = [{ sku: 'TEE', quantity: 1 }], pieces, act, unknownOrder = false } = options;
      const order = unknownOrder ? unseenOrder(world, shop, lines) : await shop.order(lines);
      control.act(order.tiktokOrderId, { type: 'seller_ship' });
      control.act(order.tiktokOrderId, { type: 'carrier_deliver' });
      control.act(order.tiktokOrderId, {
        type: 'buyer_opens_return',
        ...(pieces === undefined ? {} : { unitIds: order.unitIds.slice(0, pieces) }),
        ...act,
      });
      const { api } = await deps.openShop(shop.connection.id, 'urgent');
      const page = await api.searchReturns({
        orderIds: [order.tiktokOrderId],
        pageSize: 10,
        sort: 'create_time',
        order: 'DESC',
      });
      return { returnId: page.returns[0]?.returnId ?? '', order };
    },
    async received(shop, options) {
      const made = await given.requested(shop, options);
      await given.pull(shop);
      const { key } = await given.view(shop, made);
      return { ...made, key };
    },
    act: ({ order, returnId }, type, more = {}) => {
      control.act(order.tiktokOrderId, { type, returnId, ...more } as Parameters<typeof control.act>[1]);
    },
    answer: ({ companyId }, document, orderKey) =>
      answerReturn(deps, {
        by: somebody,
        companyId,
        document: parseJson(JSON.stringify(document)) as JsonObject,
        ...(orderKey === undefined ? {} : { orderKey }),
      }),
    setStatus: ({ companyId }, key, to) =>
      changeOneStatusByHand(deps, returnKind(deps), { by: erpOf(companyId), key, to }, () => undefined),
    async view({ companyId }, { returnId }) {
      const row = await db.prisma.document.findFirst({
        where: { companyId, type: 'return', reference: returnId },
      });
      const found = row && (await findDocument(db, { companyId, type: 'return', key: row.key }));
      if (!found) throw new Error(`return ${returnId} has no document`);
      const events = await db.prisma.event.findMany({
        where: { documentKey: found.key },
        orderBy: { id: 'asc' },
      });
      const json = JSON.parse(found.body) as ReturnView['json'];
      return {
        key: found.key,
        parentKey: found.parentKey,
        status: found.statusCode,
        error: found.errorMessage,
        version: found.version,
        text: found.body,
        json,
        attributes: attributesOf(json),
        events: events.map(({ summary, details }) => [summary, details].filter(Boolean).join(' ')),
      };
    },
    decisions: ({ returnId, order }, via) =>
      control
        .effects({ order: order.tiktokOrderId })
        .filter((effect) => effect.kind === 'return_approved' && effect.caseId === returnId)
        .filter((effect) => via === undefined || effect.via === via)
        .map((effect) => effect.decision),
  };
  return given;
}

export function attributesOf(holder: {
  ExtendedAttributes?: { Name: string; Value: string }[];
}): Record<string, string> {
  return Object.fromEntries((holder.ExtendedAttributes ?? []).map(({ Name, Value }) => [Name, Value]));
}

/** Placed in TikTok; no pull has seen it. */
function unseenOrder(
  { control }: World,
  { shopId }: ShopWorld,
  lines: { sku: string; quantity: number }[],
): TestOrder {
  const { id, line_items: items } = control.addOrder(shopId, {
    lines: lines.map(({ sku, quantity }) => ({ sellerSku: sku, quantity })),
    paidMinutesAgo: 120,
    shippingType: 'SELLER',
  });
  return { key: 0, tiktokOrderId: id, unitIds: (items as { id: string }[]).map((item) => item.id) };
}

/** An answer as an ERP posts it. */
export function answerOf(given: TestReturn, statusCode?: number, more: object = {}): JsonObject {
  return {
    ReturnNumber: given.returnId,
    PartnerPO: given.order.tiktokOrderId,
    ...(statusCode === undefined ? {} : { StatusCode: statusCode }),
    ReturnLines: [{ ItemIdentifier: { SupplierSKU: 'TEE' } }],
    ...more,
  };
}
