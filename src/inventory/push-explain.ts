import { findConnection, requireActive } from '../connections/connection-store.js';
import type { Connection } from '../connections/connection.js';
import { AppError } from '../errors.js';
import { pass, refuse, wait, type GateResult } from '../gate.js';
import type { Database, Tx } from '../store/database.js';
import { listFlows, type FlowView } from '../sync/flows.js';
import { toIsoSeconds, type Clock } from '../time.js';
import type { PushFacts, PushItem } from './push-facts.js';
import { explainPushGates } from './push-gates.js';
import { findPushItem, findVerdict } from './push-items.js';
import { shopFactsOf, targetOf } from './push-state.js';
import type { Part } from './push-plan.js';
import { judge } from './push-plan.js';

export interface ExplainItemDeps {
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
  /** What the seller uploaded. */
  uploaded: {
    quantity: number | null;
    cost: string | null;
    warehouse: string | null;
    countedAt: Date | null;
  };
  /** What the next push would do with each value: `none`, `unchanged`, `blocked` or `send`. */
  stock: Part<unknown>['kind'];
  price: Part<unknown>['kind'];
  reserved: number;
  tiktok: {
    skuId: string;
    productId: string;
    productStatus: string;
    skuStatus: string;
    price: string | null;
    currency: string | null;
    warehouses: { id: string; quantity: number }[];
    readAt: Date | null;
  } | null;
  sent: {
    stock: PushFacts['sentStock'];
    price: PushFacts['sentPrice'];
  };
  push: {
    lastSuccessAt: Date | null;
    lastOutcome: string | null;
    lastError: string | null;
    nextAttemptAt: Date;
  } | null;
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
  const facts = connection && (await factsOf(db.prisma, connection, supplierSku));
  if (!facts) throw neverUploaded();
  const { item } = facts;
  const flows = await listFlows(db.prisma, { companyId, connectionId, now: clock.now() });
  const push = flows.find(({ flow }) => flow.name === 'push-inventory') ?? null;
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
  const { sku } = facts;
  return {
    supplierSku: item.supplierSku,
    merchantSku: item.merchantSku,
    summary: summaryOf(item, gates),
    gates,
    nextSteps: stepsOf(item, gates, push),
    uploaded: {
      quantity: item.quantity,
      cost: item.cost,
      warehouse: item.warehouse,
      countedAt: item.countedAt,
    },
    stock: stock.kind,
    price: price.kind,
    reserved: facts.reserved,
    tiktok: sku && { ...sku },
    sent: { stock: facts.sentStock, price: facts.sentPrice },
    push: push && {
      lastSuccessAt: push.lastSuccessAt,
      lastOutcome: push.lastOutcome,
      lastError: push.lastError,
      nextAttemptAt: push.nextAttemptAt,
    },
  };
}

async function factsOf(db: Tx, connection: Connection, supplierSku: string): Promise<PushFacts | null> {
  const { environment, shopId, shopRegion, sellerType, settings } = connection;
  // A connection that is paused can be explained; one without a shop has nothing to be held against.
  if (shopId === null || shopRegion === null) return neverReady(connection);
  const shop = await shopFactsOf(db, { environment, shopId, shopRegion, sellerType, settings });
  return findPushItem(db, { target: targetOf({ ...connection, shopId }), shop }, supplierSku);
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

function named(gate: string, rule: string, outcome: ReturnType<typeof pass>): GateResult {
  return { gate, rule, ...outcome };
}

function connectionGate({ status, statusReason }: Connection): GateResult {
  const rule = 'Nothing is sent while the connection is not active.';
  return named(
    'connection-active',
    rule,
    status === 'active'
      ? pass('The connection is active.')
      : wait(
          `The connection is ${status}${statusReason ? `: ${statusReason}` : ''}.`,
          null,
          'Open its page.',
        ),
  );
}

function uploadedGate({ quantity, cost, unsentSince }: PushItem): GateResult {
  const values = [
    quantity === null ? [] : `quantity ${quantity}`,
    cost === null ? [] : `cost ${cost}`,
  ].flat();
  const since = unsentSince ? `, not in TikTok since ${toIsoSeconds(unsentSince)}` : '';
  return named('uploaded', 'The seller has uploaded the item.', pass(`${values.join(', ')}${since}.`));
}

function catalogueGate(flows: readonly FlowView[]): GateResult {
  const pull = flows.find(({ flow }) => flow.name === 'pull-catalogue');
  return named(
    'catalogue-read',
    "Nothing is sent before the shop's products were read as a whole.",
    pull?.watermark
      ? pass(`The products were read up to ${toIsoSeconds(pull.watermark)}.`)
      : wait(
          'The products of the shop are not read yet.',
          null,
          'Wait for the task PullCatalogue, or run it.',
        ),
  );
}

function budgetGate(push: FlowView | null): GateResult {
  const rule =
    "TikTok limits how many calls a shop may make; a fifth of the shop's budget is kept for urgent work.";
  const isThrottled = push?.lastOutcome === 'throttled';
  return named(
    'budget',
    rule,
    isThrottled
      ? wait(
          'TikTok took no more calls at the last push.',
          push.nextAttemptAt,
          'Nothing to do: it goes on by itself.',
        )
      : pass('The last push was not stopped by a limit.'),
  );
}

function lastResultGate(verdict: Awaited<ReturnType<typeof findVerdict>>): GateResult {
  const rule = 'What the last push that decided about the item came to.';
  const result = (): ReturnType<typeof pass> => {
    if (!verdict?.state) return wait('No push has decided about it yet.', null, 'Wait for the next push.');
    const { state, reason, next, retryAt, pushedAt } = verdict;
    if (state === 'sent')
      return pass(pushedAt ? `Sent ${toIsoSeconds(pushedAt)}.` : 'TikTok had everything already.');
    if (state === 'waiting') return wait(reason ?? '', retryAt, next ?? '');
    return refuse(reason ?? '', next ?? '');
  };
  return named('last-result', rule, result());
}

/** Gates that only say that there is nothing to send. */
const QUIET = new Set(['stock-changed', 'price-changed', 'last-result', 'price-wanted']);

function summaryOf(item: PushItem, gates: readonly GateResult[]): string {
  const obstacle = gates.find(({ gate, outcome }) => outcome !== 'pass' && !QUIET.has(gate));
  if (obstacle) return `${item.supplierSku} is not sent: ${obstacle.reason}`;
  return item.unsentSince
    ? `${item.supplierSku} changed and is sent with the next push.`
    : `${item.supplierSku} is in TikTok as it was uploaded.`;
}

function stepsOf(item: PushItem, gates: readonly GateResult[], push: FlowView | null): string[] {
  const steps = gates.flatMap((gate) => (gate.outcome === 'pass' || QUIET.has(gate.gate) ? [] : gate.next));
  if (steps.length === 0 && item.unsentSince && push)
    steps.push(`The next push starts ${toIsoSeconds(push.nextAttemptAt)}.`);
  return [...new Set(steps)];
}
