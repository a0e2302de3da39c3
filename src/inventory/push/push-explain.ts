import { productsRead } from '../rules/price-gates.js';
import { pullCatalogueFlow } from '../../catalogue/catalogue-flow.js';
import { pushInventoryFlow } from '../inventory-flows.js';
import { flowList } from '../../sync/flows/flow-catalogue.js';
import { findConnection, requireActive } from '../../connections/connection-store.js';
import type { Connection } from '../../connections/connection.js';
import { AppError } from '../../kernel/errors.js';
import type { GateResult } from '../../kernel/gate.js';
import type { Database, Tx } from '../../store/database.js';
import { listFlows, type FlowView } from '../../sync/flows/flows.js';
import { readOrderNames } from '../../orders/read-pieces.js';
import { toIsoSeconds, type Clock } from '../../kernel/time.js';
import { readCounting } from './counting.js';
import type { PushFacts } from '../rules/push-facts.js';
import { planOf, priceOf } from '../rules/push-decisions.js';
import { explainPushGates } from '../rules/push-gates.js';
import { findPushItem, findVerdict } from './push-items.js';
import { shopFactsOf, targetOf } from './push-state.js';
import type { Part } from '../rules/push-plan.js';
import { judge } from '../rules/push-plan.js';
import type { CountedPiece } from '../rules/stock-count.js';
import type { PlannedWarehouse } from '../rules/planned-stock.js';
import type { PushItem } from '../rules/push-item.js';
import { committedIn } from '../rules/push-stock.js';
import { carriedBy } from '../rules/updates-set.js';
import {
  budgetGate,
  catalogueGate,
  connectionGate,
  lastResultGate,
  uploadedGate,
} from './push-explain-gates.js';

interface ExplainItemDeps {
  db: Database;
  clock: Clock;
}

/** Why an item is, or is not, in TikTok as it was uploaded. Times in UTC. */
export interface ItemExplanation {
  supplierSku: string;
  merchantSku: string | null;
  summary: string;
  /** Every rule that has a say, in the order of the decision. */
  gates: GateResult[];
  nextSteps: string[];
  /** What the seller has said, by warehouse code, with the feed and the time of its first byte. */
  uploaded: {
    cells: PushFacts['item']['cells'];
    cost: string | null;
    costN: number;
  };
  /** What the next push would do with each value: `none`, `unchanged`, `blocked` or `send`. */
  stock: Part<unknown>['kind'];
  price: Part<unknown>['kind'];
  /** From what is said to what is wanted, by warehouse; null: nobody knows in which. */
  wanted: WantedExplanation[] | null;
  wantedPrice: string | null;
  tiktok: {
    skuId: string;
    productId: string;
    productStatus: string;
    skuStatus: string;
    price: string | null;
    currency: string | null;
    warehouses: { id: string; quantity: number; committed: number | null }[];
    readAt: Date | null;
  } | null;
  sent: PushFacts['sent'];
  drift: PushFacts['item']['drift'];
  push: {
    lastSuccessAt: Date | null;
    lastOutcome: string | null;
    lastError: string | null;
    nextAttemptAt: Date;
  } | null;
}

/** What one warehouse is to show, and why. */
export interface WantedExplanation {
  warehouseId: string;
  said: number;
  feed: number;
  countedAt: Date;
  /** Ordered before the count, which cannot know of them; by TikTok's order. */
  notKnown: OrderedPieces[];
  /** Ordered since the count. */
  orderedSince: OrderedPieces[];
  /** Cancelled, and off the count. */
  givenBack: OrderedPieces[];
  /** Committed in TikTok, of orders that it does not list yet. */
  unseen: number;
  wanted: number;
  shown: number | null;
  /** What an update has to carry for that: more than `wanted` where TikTok takes open orders off it. */
  carried: number;
  decision: PlannedWarehouse['decision'];
}

export interface OrderedPieces {
  orderId: string;
  count: number;
}

/**
 * Decides about one item as the push would now, without sending anything.
 * @throws AppError not-found for a SKU that was never uploaded, connection-not-ready before a shop was chosen
 */
export async function explainItem(
  { db, clock }: ExplainItemDeps,
  which: { companyId: number; connectionId: number; supplierSku: string },
): Promise<ItemExplanation> {
  const { companyId, connectionId, supplierSku } = which;
  const connection = await findConnection(db.prisma, { id: connectionId, companyId });
  const facts = connection && (await factsOf(db.prisma, connection, { supplierSku, now: clock.now() }));
  if (!facts) throw neverUploaded();
  const { item } = facts;
  const known = { flows: flowList([pushInventoryFlow, pullCatalogueFlow]) };
  const flows = await listFlows(db.prisma, { ...known, companyId, connectionId, now: clock.now() });
  const push = flows.find(({ flow }) => flow.name === pushInventoryFlow.name) ?? null;
  const verdict = await findVerdict(db.prisma, connectionId, item.skuKey);
  const gates = [
    connectionGate(connection),
    uploadedGate(item),
    catalogueGate(flows),
    ...explainPushGates(facts),
    budgetGate(push),
    lastResultGate(verdict),
  ];
  const { stock, price } = judge(facts);
  const { sku, read } = facts;
  const plan = planOf(facts);
  const names = await readOrderNames(
    db.prisma,
    facts.pieces.map(({ orderId }) => orderId),
  );
  const shownPrice = priceOf(facts);
  return {
    supplierSku: item.supplierSku,
    merchantSku: item.merchantSku,
    summary: summaryOf(facts, gates),
    gates,
    nextSteps: stepsOf(item, gates, push),
    uploaded: { cells: item.cells, cost: item.cost, costN: item.costN },
    stock: stock.kind,
    price: price.kind,
    wanted: plan && plan.warehouses.map((one) => wantedOf(one, names, facts)),
    wantedPrice: shownPrice?.ok ? shownPrice.amount : null,
    tiktok: sku && {
      ...sku,
      warehouses: (read?.warehouses ?? []).map(({ id, available: quantity, committed }) => ({
        id,
        quantity,
        committed,
      })),
      readAt: read?.at ?? null,
    },
    sent: facts.sent,
    drift: item.drift,
    push: push && {
      lastSuccessAt: push.lastSuccessAt,
      lastOutcome: push.lastOutcome,
      lastError: push.lastError,
      nextAttemptAt: push.nextAttemptAt,
    },
  };
}

async function factsOf(
  db: Tx,
  connection: Connection,
  { supplierSku, now }: { supplierSku: string; now: Date },
): Promise<PushFacts | null> {
  const { environment, shopId, shopRegion, sellerType, settings } = connection;
  // A connection that is paused can be explained; one without a shop has nothing to be held against.
  if (shopId === null || shopRegion === null) return neverReady(connection);
  const counting = await readCounting(db, connection.id);
  const shop = await shopFactsOf(
    db,
    { id: connection.id, environment, shopId, shopRegion, sellerType, settings },
    { now, counting, ordersRead: true },
  );
  const facts = await findPushItem(db, { target: targetOf({ ...connection, shopId }), shop }, supplierSku);
  // Nothing is read for an explanation: what the last push could not read is not known now either.
  if (facts?.item.lastGate === productsRead.name) shop.productsRead = false;
  return facts;
}

function neverReady(connection: Connection): never {
  requireActive(connection);
  throw new AppError('connection-not-ready', 'The connection has no shop yet.');
}

function neverUploaded(): AppError {
  return new AppError('not-found', 'There is no such item.', {
    details: [{ field: 'sku', message: 'was never uploaded for this shop', next: 'Upload it' }],
  });
}

/** Gates that only say that there is nothing to send, or repeat what another one says. */
const QUIET = new Set(['stock-changed', 'price-changed', 'last-result', 'price-wanted']);

function summaryOf(facts: PushFacts, gates: readonly GateResult[]): string {
  const { item, sent, read } = facts;
  const open = [...sent.stockDoubts, ...sent.priceDoubts];
  const obstacle = gates.find(({ gate, outcome }) => outcome !== 'pass' && !QUIET.has(gate));
  const last = gates.find(({ gate, outcome }) => gate === 'last-result' && outcome !== 'pass');
  const { stock, price } = judge(facts);
  const isToSend = stock.kind === 'send' || price.kind === 'send';
  if (obstacle) {
    const parts = [stock.kind, price.kind];
    const isPart = parts.includes('unchanged') || parts.includes('send');
    const what = isPart ? partOf(item.supplierSku, stock.kind, price.kind) : `${item.supplierSku} is`;
    return `${what} not in TikTok as it was uploaded: ${obstacle.reason}`;
  }
  const [until] = open.map((call) => call.until).toSorted((a, b) => b.getTime() - a.getTime());
  if (until)
    return `${item.supplierSku} was sent and not answered clearly: TikTok may still carry the call out until ${toIsoSeconds(until)}, then it is read back.`;
  if (isToSend && last && last.outcome !== 'pass')
    return `${item.supplierSku} changed and is not in TikTok yet: ${last.reason}`;
  if (isToSend)
    return `${item.supplierSku} is not in TikTok as it was uploaded and is sent with the next push.`;
  const readText = read ? ` (read ${toIsoSeconds(read.at)})` : '';
  return `${item.supplierSku} is in TikTok as it was uploaded${readText}.`;
}

/** Which of the two is stuck, with what became of the other: the reason speaks of one of them only. */
function partOf(sku: string, stock: Part<unknown>['kind'], price: Part<unknown>['kind']): string {
  const [done, stuck] =
    stock === 'blocked' ? (['price', 'quantity'] as const) : (['quantity', 'price'] as const);
  const other = done === 'quantity' ? stock : price;
  return `The ${done} of ${sku} ${other === 'send' ? 'is sent with the next push' : 'is in TikTok'}; its ${stuck} is`;
}

function stepsOf(item: PushItem, gates: readonly GateResult[], push: FlowView | null): string[] {
  const steps = gates.flatMap((gate) => (gate.outcome === 'pass' || QUIET.has(gate.gate) ? [] : gate.next));
  // Who is not matched has no product to create, and who has none has no matching file to upload.
  const matching = gates.find(({ gate }) => gate === 'matched');
  const own = matching && matching.outcome === 'refuse' ? [matching.next] : steps;
  if (own.length === 0 && item.unsentSince && push)
    own.push(`The next push starts ${toIsoSeconds(push.nextAttemptAt)}.`);
  return [...new Set(own)];
}

function wantedOf(
  one: PlannedWarehouse,
  names: ReadonlyMap<string, string>,
  facts: PushFacts,
): WantedExplanation {
  const { warehouseId, cell, movement, unseen, wanted, has, decision } = one;
  return {
    warehouseId,
    said: cell.quantity,
    feed: cell.n,
    countedAt: cell.at,
    notKnown: byOrder(movement.before, names),
    orderedSince: byOrder(movement.since, names),
    givenBack: byOrder(movement.back, names),
    unseen,
    wanted,
    shown: has,
    carried: carriedBy(wanted, committedIn(facts, warehouseId), facts.shop.updatesSet),
    decision,
  };
}

function byOrder(pieces: readonly CountedPiece[], names: ReadonlyMap<string, string>): OrderedPieces[] {
  const counts = new Map<string, number>();
  for (const { orderId } of pieces) counts.set(orderId, (counts.get(orderId) ?? 0) + 1);
  return [...counts].map(([id, count]) => ({ orderId: names.get(id) ?? id, count }));
}
