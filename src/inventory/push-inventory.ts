import { createHash } from 'node:crypto';
import { waitForMirror } from '../catalogue/catalogue-store.js';
import { refreshProducts } from '../catalogue/refresh-products.js';
import { recordEvents } from '../documents/document-store.js';
import { AppError, messageOf } from '../errors.js';
import { listFlows, type FlowResult, type FlowRun } from '../sync/flows.js';
import { SECOND_MS } from '../time.js';
import { pushBatch } from './push-batch.js';
import { bulkRefusals } from './push-gates.js';
import { openPush, type Push, type PushDeps } from './push-state.js';
import { refuseInBulk, reopen, reopenAll } from './push-store.js';

/** After this the handler returns, so that the run can see what was asked for meanwhile. */
const TURN_MS = 30 * SECOND_MS;
/** Products that are read again after refusals that say that the mirror is wrong, in one turn. */
const MOST_REFRESHED = 20;
/** A change of settings writes every item of the connection. */
const REOPEN_TIMEOUT_MS = 120 * SECOND_MS;

/** What is kept with the flow. */
interface PushCursor {
  /** Of the settings that decide what is sent. */
  settings: string | null;
  /** Up to when changes of the mirror were taken into account. */
  seenAt: string | null;
}

/**
 * The flow `push-inventory` of one connection: sends what is wanted and differs from what TikTok was last sent.
 *
 * It goes by the present state and not by changes, so that a crash, a lost answer or a change that was taken back need no
 * memory: values are absolute, only the newest is ever sent, and a value is noted as in doubt before its call. That is
 * why it needs no outbox; the lease of the flow sees to it that an older value never follows a newer one.
 */
export async function pushInventory(deps: PushDeps, run: FlowRun): Promise<FlowResult> {
  if (!(await isCatalogueRead(deps, run))) return { counts: {} };
  const push = await openPush(deps, run);
  await decideAnew(push);
  const began = performance.now();
  let more = true;
  while (more && !push.stopped && !run.signal.aborted && performance.now() - began < TURN_MS) {
    more = await pushBatch(push);
  }
  const moved = await refreshSuspects(push);
  await tell(push);
  if (push.stopped) throw push.stopped.error;
  return { counts: { ...push.counts }, more: more || moved || push.counts.inDoubt > 0 };
}

/** Until the shop was read as a whole nobody knows what it does not have. */
async function isCatalogueRead({ db, clock }: PushDeps, run: FlowRun): Promise<boolean> {
  const { companyId, connectionId } = run;
  const flows = await listFlows(db.prisma, { companyId, connectionId, now: clock.now() });
  return flows.some(({ flow, watermark }) => flow.name === 'pull-catalogue' && watermark !== null);
}

/** Opens again what may be decided otherwise by now, and decides what can be decided for all at once. */
async function decideAnew(push: Push): Promise<void> {
  const { deps, run, target } = push;
  const cursor = (run.cursor ?? {}) as Partial<PushCursor>;
  const now = deps.clock.now();
  const settings = printOf(push);
  // In a transaction of its own: pages of the mirror are not to wait for what follows.
  const seenAt = await deps.db.transaction((tx) => waitForMirror(tx, target));
  await deps.db.transaction(
    async (tx) => {
      await run.guard(tx);
      if (cursor.settings && cursor.settings !== settings) await reopenAll(tx, target.connectionId, now);
      await reopen(tx, target, { now, seenAt: cursor.seenAt ? new Date(cursor.seenAt) : null });
      push.counts.refused += await refuseInBulk(tx, target, bulkRefusals);
      await run.saveProgress(tx, { cursor: { settings, seenAt: seenAt.toISOString() } satisfies PushCursor });
    },
    { timeoutMs: REOPEN_TIMEOUT_MS },
  );
}

/** Of the settings that decide what is sent, so that a change of one reaches all items. */
function printOf({ shop }: Push): string {
  const {
    pushPrice,
    warehouseCodes,
    allocationPercent,
    safetyBuffer,
    safetyPercent,
    countKnows,
    countLagMinutes,
  } = shop.settings;
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

/** One line in the history for what came to stand still in this turn. */
async function tell({ deps, target, counts }: Push): Promise<void> {
  const news = counts.waiting + counts.refused;
  if (news === 0) return;
  const { companyId, connectionId } = target;
  const summary = `${news} inventory item${news === 1 ? ' is' : 's are'} not sent to TikTok.`;
  const details = 'The report of items that are not sent (Inventory/{partnerId}/NotSent) has the reasons.';
  await recordEvents(deps.db.prisma, [
    { companyId, connectionId, event: 'inventory-not-sent', summary, details },
  ]);
}
