import { pullOrdersFlow, sweepOrdersFlow } from './order-flow.js';
import { flowList } from '../sync/flows/flow-catalogue.js';
import { findConnection, listConnections } from '../connections/connection-store.js';
import type { ActiveConnection, Connection } from '../connections/connection.js';
import { readSettings } from '../connections/settings.js';
import type { OpenShop } from '../connections/open-shop.js';
import { findChildren, findDocument } from '../documents/document-store.js';
import { statusName } from '../logicbroker/statuses.js';
import { AppError } from '../kernel/errors.js';
import type { GateResult } from '../kernel/gate.js';
import type { Database } from '../store/database.js';
import { listFlows, type FlowView } from '../sync/flows/flows.js';
import { toIsoSeconds, type Clock } from '../kernel/time.js';
import type { FindCancellations, MatchSkus } from './ingest-context.js';
import { withCancellation } from './order-changes.js';
import { findMatching, parkingSkus } from './matching.js';
import { explainImport, orderGates, type OrderFacts } from './order-gates.js';
import { nextForErp, unlessObstructed } from './next-for-erp.js';
import type { OrderRecord } from './order-record.js';
import { askShops } from './ask-shops.js';
import { findOrderByDocument, findOrdersByTiktokId } from './order-store.js';
import { sweptStatuses } from './sweep-orders.js';
import { explanationOf, type ExplainedCancellation, type OrderExplanation } from './order-explanation.js';
import { whyNotPulled } from './why-not-pulled.js';
import type { ShopOrder } from '../domain/order.js';
import { standingOf } from '../domain/shop.js';

export interface ExplainDeps {
  db: Database;
  clock: Clock;
  matchSkus?: MatchSkus;
  /** Asks TikTok about an order that no pull has seen. */
  openShop: OpenShop;
  /** Left out: only the order itself tells what is cancelled. */
  findCancellations?: FindCancellations;
  explainCancellations?(order: {
    companyId: number;
    tiktokOrderId: string;
  }): Promise<ExplainedCancellation[]>;
  /** Whether a shipment of an order that the ERP has would be taken now. */
  explainShipping?(order: { companyId: number; orderKey: number }): Promise<GateResult[]>;
  /** The return requests for an order, as they are shown with it. */
  returnsOf?: (which: { companyId: number; tiktokOrderId: string }) => Promise<object[]>;
  /** How the order stands with other services that it is delivered to, as it is shown. */
  channelsOf?: (order: { companyId: number; orderKey: number }) => Promise<object[]>;
}

export type ExplainedOrder =
  { companyId: number; key: number } | { companyId: number; tiktokOrderId: string };

/**
 * Explains an order of the company by its document key or TikTok's order id, whether it was imported or not. An order
 * that we do not hold is asked for in the company's active shops.
 * @throws AppError not-found for a key that is no order of the company
 */
export async function explainOrder(deps: ExplainDeps, which: ExplainedOrder): Promise<OrderExplanation> {
  const explanation = await explainImported(deps, which);
  const { companyId } = which;
  const { tiktokOrderId, documentKey: orderKey } = explanation;
  const [shippingGates, cancellations, returns, channels] = await Promise.all([
    orderKey === null ? [] : (deps.explainShipping?.({ companyId, orderKey }) ?? []),
    deps.explainCancellations?.({ companyId, tiktokOrderId }) ?? [],
    deps.returnsOf?.({ companyId, tiktokOrderId }) ?? [],
    orderKey === null ? [] : (deps.channelsOf?.({ companyId, orderKey }) ?? []),
  ]);
  const nextSteps = unlessObstructed(explanation.nextSteps, shippingGates);
  return { ...explanation, nextSteps, shippingGates, cancellations, returns, channels };
}

async function explainImported(deps: ExplainDeps, which: ExplainedOrder): Promise<OrderExplanation> {
  if ('key' in which) {
    const record = await findOrderByDocument(deps.db, { companyId: which.companyId, documentKey: which.key });
    if (!record) throw new AppError('not-found', `There is no order ${which.key}.`);
    return explainRecord(deps, record);
  }
  const [record] = await findOrdersByTiktokId(deps.db, which);
  return record ? explainRecord(deps, record) : explainUnseen(deps, which.companyId, which.tiktokOrderId);
}

async function explainRecord(deps: ExplainDeps, record: OrderRecord): Promise<OrderExplanation> {
  const { companyId, connectionId, order, documentKey } = record;
  const connection = await findConnection(deps.db.prisma, { id: connectionId, companyId });
  const document =
    documentKey === null ? null : await findDocument(deps.db, { companyId, type: 'order', key: documentKey });
  const flow = connection && (await pullFlowOf(deps, connection));
  const documentStatus = document && statusName('order', document.statusCode);
  const gates = await gatesOf(deps, record, connection);
  return {
    ...explanationOf(order.tiktokOrderId, connection, flow),
    state: record.state,
    summary: summaryOf(record, documentStatus),
    documentKey,
    documentStatus,
    gates,
    documents: documentKey === null ? [] : await findChildren(deps.db, { companyId, parentKey: documentKey }),
    nextSteps:
      record.exportedAt && document ? nextForErp(record, document) : nextStepsOf(gates, connection, flow),
    releaseAt: record.releaseAt,
    exportedAt: record.exportedAt,
    tiktok: tiktokFacts(order, record.readAt),
    laterAddress: record.laterRecipient,
  };
}

/** An exported order has passed every gate; what TikTok shows since then does not take it back. */
async function gatesOf(
  deps: ExplainDeps,
  record: OrderRecord,
  connection: Connection | null,
): Promise<GateResult[]> {
  if (record.exportedAt) {
    const reason = `Passed when the order came in, ${toIsoSeconds(record.exportedAt)}.`;
    return orderGates.map(({ name, rule }) => ({ gate: name, rule, outcome: 'pass', reason }));
  }
  const settings = connection?.settings ?? readSettings({});
  // The last answer of TikTok may be ahead of our clock.
  const now = new Date(Math.max(deps.clock.now().getTime(), record.readAt.getTime()));
  return explainImport({ settings, now, ...(await factsOf(deps, connection, record.order)) });
}

/** The order as the import sees it: with what TikTok's cancellations say of it. */
async function factsOf(
  deps: ExplainDeps,
  connection: Pick<Connection, 'id' | 'environment' | 'shopId' | 'settings'> | null,
  order: ShopOrder,
): Promise<Pick<OrderFacts, 'order' | 'cancellation' | 'unmatchedSkus'>> {
  const { environment = '', shopId = null } = connection ?? {};
  const known =
    shopId === null
      ? undefined
      : await deps.findCancellations?.(deps.db.prisma, { environment, shopId }, [order.tiktokOrderId]);
  const cancellation = known?.get(order.tiktokOrderId) ?? null;
  const facts = { order: withCancellation(order, cancellation), cancellation };
  if (!connection) return facts;
  const matching = await findMatching(
    { deps, tx: deps.db.prisma, connection: { ...connection, shopId: connection.shopId ?? '' } },
    order.units,
  );
  return {
    ...facts,
    unmatchedSkus: parkingSkus(connection.settings, matching.supplierSkus, facts.order.units),
  };
}

function summaryOf(record: OrderRecord, documentStatus: string | null): string {
  if (record.state === 'waiting') return `The order waits: ${record.gateReason}`;
  if (record.state === 'not_imported') return `The order is not imported: ${record.gateReason}`;
  return `The order came in as document ${record.documentKey}, which is ${documentStatus ?? 'not there'}.`;
}

async function explainUnseen(
  deps: ExplainDeps,
  companyId: number,
  tiktokOrderId: string,
): Promise<OrderExplanation> {
  const connections = await listConnections(deps.db.prisma, { companyId });
  const { answer, unasked } = await askShops(connections, async (id) => {
    const { connection, api } = await deps.openShop(id, 'urgent');
    const { orders } = await api.getOrders([tiktokOrderId]);
    const order = orders.find((found) => found.tiktokOrderId === tiktokOrderId);
    return order ? explainNotPulled(deps, connection, order) : null;
  });
  if (answer) return answer;
  return {
    ...explanationOf(tiktokOrderId, null, null),
    summary:
      connections.length === 0
        ? 'No pull has seen this order, and no shop is connected that could be asked.'
        : 'No pull has seen this order, and none of the connected shops that answered knows it.',
    nextSteps: [
      ...unasked.map(({ connection, error }) => `Could not be asked: ${connection.name}: ${error.message}`),
      'Check the order number and whether its shop is connected.',
    ],
  };
}

async function explainNotPulled(
  deps: ExplainDeps,
  connection: ActiveConnection,
  order: ShopOrder,
): Promise<OrderExplanation> {
  const now = deps.clock.now();
  const flows = await flowsOf(deps, connection);
  const flow = flows.find(({ flow: { name } }) => name === pullOrdersFlow.name) ?? null;
  const sweep = flows.find(({ flow: { name } }) => name === sweepOrdersFlow.name) ?? null;
  const { settings } = connection;
  const gates = explainImport({ settings, now, ...(await factsOf(deps, connection, order)) });
  const why = whyNotPulled({ order, gates, pull: flow, sweep, swept: sweptStatuses });
  return {
    ...explanationOf(order.tiktokOrderId, connection, flow),
    state: 'not_pulled',
    summary: why.summary,
    gates,
    nextSteps: why.nextSteps.length > 0 ? why.nextSteps : nextStepsOf(gates, connection, flow),
    tiktok: tiktokFacts(order, now),
  };
}

function nextStepsOf(gates: GateResult[], connection: Connection | null, flow: FlowView | null): string[] {
  const steps = gates.flatMap((gate) => (gate.outcome === 'pass' ? [] : gate.next));
  if (connection && connection.status !== 'active') {
    steps.push(
      `The connection ${standingOf(connection.status)}: nothing is pulled until it is active again.`,
    );
  } else if (connection?.statusReason) {
    // Of an active connection it says that TikTok takes no calls of the shop.
    steps.push(connection.statusReason);
  } else if (flow && !flow.enabled) {
    steps.push('The order pull of this connection is switched off.');
  } else if (flow && steps.length === 0) {
    steps.push(`The next pull starts ${toIsoSeconds(flow.nextAttemptAt)}.`);
  }
  return steps;
}

const orderFlows = flowList([pullOrdersFlow, sweepOrdersFlow]);

async function flowsOf(deps: ExplainDeps, connection: Connection): Promise<FlowView[]> {
  const { companyId, id: connectionId } = connection;
  return listFlows(deps.db.prisma, { companyId, connectionId, now: deps.clock.now(), flows: orderFlows });
}

async function pullFlowOf(deps: ExplainDeps, connection: Connection): Promise<FlowView | null> {
  return (await flowsOf(deps, connection)).find(({ flow }) => flow.name === pullOrdersFlow.name) ?? null;
}

function tiktokFacts(order: ShopOrder, readAt: Date): OrderExplanation['tiktok'] {
  const { status, createdAt, paidAt, updatedAt } = order;
  return { status, createdAt, paidAt, updatedAt, readAt };
}
