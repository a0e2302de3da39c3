import { pullCatalogueFlow } from '../../catalogue/catalogue-flow.js';
import { compareInventoryFlow, pushInventoryFlow } from '../inventory-flows.js';
import { flowList } from '../../sync/flows/flow-catalogue.js';
import { createHash } from 'node:crypto';
import { waitForMirror } from '../../catalogue/catalogue-store.js';
import { catchUpProducts } from '../../catalogue/catch-up-products.js';
import { refreshProducts } from '../../catalogue/refresh-products.js';
import { recordEvents } from '../../documents/document-store.js';
import { AppError, messageOf } from '../../kernel/errors.js';
import type { Tx } from '../../store/database.js';
import { listFlows, type FlowResult, type FlowRun } from '../../sync/flows/flows.js';
import { endPausedRuns, requestRun } from '../../sync/flows/request-run.js';
import { LeaseLost } from '../../sync/lease.js';
import { SECOND_MS } from '../../kernel/time.js';
import { endZeroOut, isZeroLeft, readCounting } from './counting.js';
import { pushBatch } from './push-batch.js';
import { bulkRefusals } from '../rules/push-gates.js';
import { openPush, readOrdersToNow, saveCursor, type Push, type PushDeps } from './push-state.js';
import { raiseDoubts } from './push-call-store.js';
import { hasPrices, nextLook, refuseInBulk, reopen, reopenAll } from './push-store.js';

/** After this the handler returns, so that the run can see what was asked for meanwhile, and reads orders anew. */
const TURN_MS = 30 * SECOND_MS;
/** Products that are read again after refusals that say that the mirror is wrong, in one turn. */
const MOST_REFRESHED = 20;
/** A change of settings writes every item of the connection. */
const REOPEN_TIMEOUT_MS = 120 * SECOND_MS;
/** Of differences that were found, so many are named in the history at once. */
const MOST_DRIFTS_NAMED = 20;

/**
 * The flow `push-inventory` of one connection: makes TikTok show what is wanted.
 *
 * It compares with what TikTok shows a moment before, not with what was sent last: Seller Center, other apps, buyers and a
 * late call of ours change it too. Values are absolute and only the newest is ever sent, so it needs no outbox: each call
 * is noted as a doubt before it leaves, and read back when TikTok cannot carry it out any more. Its fence sees to it that
 * nothing leaves after the lease.
 */
export async function pushInventory(deps: PushDeps, run: FlowRun): Promise<FlowResult> {
  if (!(await isCatalogueRead(deps, run))) return { counts: {} };
  const push = await openPush(deps, run);
  try {
    return await work(push);
  } catch (error) {
    if (error instanceof LeaseLost) await leaveDoubts(push);
    throw error;
  }
}

async function work(push: Push): Promise<FlowResult> {
  const { deps, run, target } = push;
  await decideAnew(push);
  const began = performance.now();
  let more = true;
  while (more && !push.stopped && !run.signal.aborted && performance.now() - began < TURN_MS) {
    more = await pushNext(push);
  }
  const moved = await refreshSuspects(push);
  await tell(push);
  if (push.stopped) throw push.stopped.error;
  const goesOn = more || moved;
  if (!goesOn) await endTurn(push);
  const now = deps.clock.now();
  const look = goesOn ? null : await nextLook(deps.db.prisma, target, now);
  return {
    counts: { ...push.counts },
    more: goesOn,
    ...(look ? { againAfterMs: Math.max(SECOND_MS, look.getTime() - now.getTime()) } : {}),
  };
}

/** Sold-out SKUs go before all else, and wait for nothing; of the others orders have to be known. */
async function pushNext(push: Push): Promise<boolean> {
  if (await pushBatch(push, { soldOut: true })) return true;
  if (push.zerosOnly) return false;
  await readOrders(push);
  await readProducts(push);
  return pushBatch(push, { soldOut: false });
}

/** Once a turn. Where orders cannot be read, quantities may still be lowered. */
async function readOrders(push: Push): Promise<void> {
  const { deps, connection, run, shop } = push;
  if (push.hasAskedForOrders) return;
  push.hasAskedForOrders = true;
  try {
    const api = await push.apiOf(run.flow.lane);
    await readOrdersToNow(deps, run, { connection, api });
    shop.ordersRead = true;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const { id: connectionId } = connection;
    deps.log.warn({ connectionId, reason: messageOf(error) }, 'orders not read before the push');
  }
}

/** Once a turn, where there are prices to compare. Where products cannot be read, prices that were just named wait. */
async function readProducts(push: Push): Promise<void> {
  const { deps, connection, run, shop, target } = push;
  if (push.hasAskedForProducts || !shop.settings.pushPrice) return;
  if (!(await hasPrices(deps.db.prisma, target))) return;
  push.hasAskedForProducts = true;
  try {
    const api = await push.apiOf(run.flow.lane);
    const guard = (tx: Tx) => run.guard(tx);
    shop.productsRead = await catchUpProducts({ ...deps, api, guard }, connection, run.signal);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const { id: connectionId } = connection;
    deps.log.warn({ connectionId, reason: messageOf(error) }, 'products not read before the push');
  }
}

/** Until the shop was read as a whole nobody knows what it does not have. */
async function isCatalogueRead({ db, clock }: PushDeps, run: FlowRun): Promise<boolean> {
  const { companyId, connectionId } = run;
  const flows = flowList([pullCatalogueFlow]);
  const [pull] = await listFlows(db.prisma, { companyId, connectionId, now: clock.now(), flows });
  return pull !== undefined && pull.watermark !== null;
}

/** Opens again what may be decided otherwise by now, and decides what can be decided for all at once. */
async function decideAnew(push: Push): Promise<void> {
  const { cursor, deps, run, target } = push;
  const now = deps.clock.now();
  const settings = printOf(push);
  // In a transaction of its own: pages of the mirror are not to wait for what follows.
  const seenAt = await deps.db.transaction((tx) => waitForMirror(tx, target));
  await deps.db.transaction(
    async (tx) => {
      await run.guard(tx);
      if (cursor.settings && cursor.settings !== settings) await reopenAll(tx, target.connectionId, now);
      await reopen(tx, target, {
        now,
        seenAt: cursor.seenAt ? new Date(cursor.seenAt) : null,
        isAsked: run.isAsked,
      });
      push.counts.refused += await refuseInBulk(tx, target, bulkRefusals);
      push.cursor = { settings, seenAt: seenAt.toISOString() };
      await saveCursor(push, tx);
    },
    { timeoutMs: REOPEN_TIMEOUT_MS },
  );
}

/** Of the settings that decide what is sent, so that a change of one reaches all items. */
function printOf({ shop: { settings } }: Push): string {
  const { pushPrice, warehouseCodes, allocationPercent, safetyBuffer, safetyPercent } = settings;
  const { countKnows, countLagMinutes } = settings;
  const facts = [
    pushPrice,
    warehouseCodes,
    allocationPercent,
    safetyBuffer,
    safetyPercent,
    countKnows,
    countLagMinutes,
  ];
  return createHash('sha256').update(JSON.stringify(facts)).digest('base64url').slice(0, 22);
}

/** @returns whether the mirror was wrong in something that matters: then it is decided anew at once */
async function refreshSuspects(push: Push): Promise<boolean> {
  const { deps, run, target, suspects, stopped } = push;
  if (suspects.size === 0 || stopped) return false;
  const productIds = [...suspects].slice(0, MOST_REFRESHED);
  try {
    const api = await push.apiOf(run.flow.lane);
    const { changed } = await refreshProducts(
      { ...deps, api, guard: (tx) => run.guard(tx) },
      target,
      productIds,
    );
    return changed > 0;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    // The pull of the catalogue finds out as well, only later.
    deps.log.warn({ connectionId: target.connectionId, reason: messageOf(error) }, 'products not read again');
    return false;
  }
}

/** When nothing is left to be sent: a stop of all sales may be complete, and a full feed asks for a compare of all items. */
async function endTurn({ deps, run, target, counting }: Push): Promise<void> {
  const { companyId, connectionId } = target;
  const { namedN, comparedN } = await readCounting(deps.db.prisma, connectionId);
  const asked = await deps.db.transaction(async (tx) => {
    await run.guard(tx);
    if (counting.zeroPending && !(await isZeroLeft(tx, connectionId, counting.zeroN))) {
      await endZeroOut(tx, connectionId, counting.zeroN);
      await endPausedRuns(tx, run.flowId);
    }
    if (namedN <= comparedN) return null;
    return requestRun(tx, {
      companyId,
      connectionId,
      name: compareInventoryFlow.name,
      now: deps.clock.now(),
    }).catch((error: unknown) => {
      // A paused connection compares nothing.
      if (error instanceof AppError) return null;
      throw error;
    });
  });
  if (asked) await deps.wakeFlow?.({ id: asked.flowId, lane: asked.lane });
}

/** One line in the history for what came to stand still in this turn, and one for what somebody else has changed. */
async function tell({ deps, run, target, counts, drifts }: Push): Promise<void> {
  const { companyId, connectionId } = target;
  const subject = { companyId, connectionId };
  const news = counts.waiting + counts.refused;
  const events = [
    ...(news === 0
      ? []
      : [
          {
            ...subject,
            event: 'inventory-not-sent' as const,
            summary: `${news} inventory item${news === 1 ? ' is' : 's are'} not sent to TikTok.`,
            details: 'The report of items that are not sent (Inventory/{partnerId}/NotSent) has the reasons.',
          },
        ]),
    ...driftEvents(subject, drifts),
  ];
  if (events.length > 0) await recordEvents(deps.db.prisma, run.by, events);
}

/** What TikTok shows otherwise and nothing known explains. */
export function driftEvents(subject: { companyId: number; connectionId: number }, drifts: readonly string[]) {
  if (drifts.length === 0) return [];
  const named = drifts.slice(0, MOST_DRIFTS_NAMED);
  const others = drifts.length - named.length;
  return [
    {
      ...subject,
      event: 'inventory-drift' as const,
      summary: `TikTok shows other values than are wanted for ${drifts.length} inventory item${drifts.length === 1 ? '' : 's'}.`,
      details: [...named, ...(others > 0 ? [`and ${others} more`] : [])].join('. '),
    },
  ];
}

/** Somebody else goes on with the connection's items. What this run has sent may still be carried out. */
async function leaveDoubts({ deps, target, underWay }: Push): Promise<void> {
  const calls = [...underWay.values()];
  if (calls.length === 0) return;
  const { companyId, connectionId } = target;
  const now = deps.clock.now();
  const until = new Date(Math.max(...calls.map((call) => call.until.getTime())));
  try {
    await deps.db.transaction(async (tx) => {
      await raiseDoubts(tx, target, calls, { until, now });
      await requestRun(tx, { companyId, connectionId, name: pushInventoryFlow.name, now });
    });
  } catch (error) {
    // The doubts that were noted before the calls are read back in any case, unless somebody has cleared them.
    deps.log.error({ connectionId, err: error }, 'calls of a lost lease could not be noted');
  }
}
