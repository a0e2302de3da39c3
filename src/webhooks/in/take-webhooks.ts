import { createHash } from 'node:crypto';
import type { ConnectionsDeps } from '../../connections/connections-deps.js';
import { AppError, messageOf } from '../../kernel/errors.js';
import type { Lane } from '../../kernel/lane.js';
import { SECOND_MS } from '../../kernel/time.js';
import { requestRun } from '../../sync/flows/request-run.js';
import { readWebhook, type WebhookMessage } from '../../tiktok/webhook-message.js';
import { isSignedBy, looksSigned } from '../../tiktok/webhook-signature.js';
import { storeHints } from './hint-store.js';
import { connectionsOfShops, noteReceived } from './watch-store.js';
import { readWebhooksFlow } from './webhook-flows.js';

interface TakeWebhooksDeps extends Pick<ConnectionsDeps, 'db' | 'clock' | 'log'> {
  tiktok: Pick<ConnectionsDeps['tiktok'], 'apps'>;
  wakeFlow: (flow: { id: bigint; lane: Lane }) => Promise<void>;
}

/** `forged`: not from TikTok; `busy`: come again; the rest is an answer that TikTok does not repeat. */
type Verdict = 'taken' | 'forged' | 'busy';

export type TakeWebhook = (request: { header: string; body: Buffer }) => Promise<Verdict>;

/** Products change in bursts, each order moves their stock: they are read a little later, once for all of it. */
const PRODUCT_WAIT_MS = 30 * SECOND_MS;
/** So many may wait for the database; TikTok sends the others again. */
const MOST_WAITING = 2_000;
const MOST_AT_ONCE = 500;
/** Bodies whose hints are stored already: who sends them again costs nothing. */
const MOST_REMEMBERED = 10_000;

interface Waiting {
  environment: string;
  message: WebhookMessage;
  settle(verdict: Verdict): void;
}

/**
 * Takes what TikTok sends: checks the signature over the bytes before anything is read of them, and stores what it may be about.
 * Answers once that is committed, so that a crash loses nothing; what was changed is read afterwards. What comes while the
 * database is at work is stored together, with one transaction for all of it.
 */
export function createTakeWebhook(deps: TakeWebhooksDeps): TakeWebhook {
  const apps = Object.values(deps.tiktok.apps);
  const stored = createMemory(MOST_REMEMBERED);
  let waiting: Waiting[] = [];
  let isStoring = false;

  const storeAll = async (): Promise<void> => {
    if (isStoring) return;
    isStoring = true;
    while (waiting.length > 0) {
      const batch = waiting.splice(0, MOST_AT_ONCE);
      const verdict = await store(deps, batch);
      for (const one of batch) one.settle(verdict);
    }
    isStoring = false;
  };

  return async ({ header, body }) => {
    const app = apps.find((one) => isSignedBy(one, { header, body }));
    if (!app) return 'forged';
    const name = createHash('sha256').update(app.environment).update(body).digest('base64');
    if (stored.has(name)) return 'taken';
    const message = readWebhook(body.toString());
    if (!message || message.subjects.length === 0) return 'taken';
    if (waiting.length >= MOST_WAITING) return 'busy';
    const verdict = await new Promise<Verdict>((settle) => {
      waiting.push({ environment: app.environment, message, settle });
      void storeAll();
    });
    if (verdict === 'taken') stored.add(name);
    return verdict;
  };
}

/** Whether a header can be a signature at all: of a request without one the body is not worth reading. */
export function mayBeTikTok(header: string | undefined): boolean {
  return looksSigned(header);
}

async function store(deps: TakeWebhooksDeps, batch: readonly Waiting[]): Promise<Verdict> {
  const { db, clock, log } = deps;
  try {
    const woken = await db.transaction(async (tx) => {
      const now = clock.now();
      const shops = batch.map(({ environment, message }) => ({ environment, shopId: message.shopId }));
      const connections = await connectionsOfShops(tx, shops);
      const hints = batch.flatMap(({ environment, message }) =>
        connections
          .filter((one) => one.environment === environment && one.shopId === message.shopId)
          .flatMap(({ id: connectionId }) =>
            message.subjects.map(({ kind, id: objectId }) => {
              const dueAt = kind === 'product' ? new Date(now.getTime() + PRODUCT_WAIT_MS) : now;
              return { connectionId, kind, objectId, dueAt };
            }),
          ),
      );
      const ids = [...new Set(connections.map(({ id }) => id))].toSorted((a, b) => a - b);
      if (ids.length > 0) await noteReceived(tx, ids, now);
      await storeHints(tx, hints);
      const flows = [];
      for (const id of ids) {
        const { companyId } = connections.find((one) => one.id === id)!;
        flows.push(await requestReading(tx, { companyId, connectionId: id, now }));
      }
      return flows.filter((flow) => flow !== null);
    });
    for (const { flowId: id, lane } of woken) void deps.wakeFlow({ id, lane });
    return 'taken';
  } catch (error) {
    log.warn({ reason: messageOf(error), count: batch.length }, 'webhooks could not be stored');
    return 'busy';
  }
}

/** Of a connection that does not run now the hints wait, as everything does. */
async function requestReading(
  tx: Parameters<typeof requestRun>[0],
  which: { companyId: number; connectionId: number; now: Date },
) {
  try {
    return await requestRun(tx, { ...which, name: readWebhooksFlow.name });
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
}

/** Remembers the newest names. */
function createMemory(most: number): Pick<Set<string>, 'has'> & { add(name: string): void } {
  const names = new Set<string>();
  return {
    has: (name) => names.has(name),
    add(name) {
      names.add(name);
      if (names.size > most) for (const oldest of [...names].slice(0, most / 10)) names.delete(oldest);
    },
  };
}
