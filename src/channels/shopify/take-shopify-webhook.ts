import { createHmac, timingSafeEqual } from 'node:crypto';
import { askToReread } from '../../deliveries/shopify/shopify-orders.js';
import {
  findStoresByDomain,
  openStoreSecrets,
  type ShopifyStore,
} from '../../deliveries/shopify/shopify-stores.js';
import { AppError, messageOf } from '../../kernel/errors.js';
import type { Lane } from '../../kernel/lane.js';
import { requestRun } from '../../sync/flows/request-run.js';
import { stopShopify, type ShopifyDeps } from './open-shopify.js';
import { isShopifyDomain } from './shopify-client.js';
import { readShopifyFlow, shopifyFlows, shopifyOf } from './shopify-subject.js';

/** What Shopify sends with a webhook, and its bytes. */
interface ShopifyHook {
  signature: string;
  domain: string;
  topic: string;
  body: Buffer;
}

interface HookDeps extends ShopifyDeps {
  wakeFlow: (flow: { id: bigint; lane: Lane }) => Promise<void>;
}

export type TakeShopifyHook = (hook: ShopifyHook) => Promise<'taken' | 'forged' | 'busy'>;

const SIGNATURE = /^[A-Za-z0-9+/]{43}=$/;

/** Whether a request can be Shopify's at all: of others the body is not worth reading. */
export function mayBeShopify({ signature, domain }: Pick<ShopifyHook, 'signature' | 'domain'>): boolean {
  return SIGNATURE.test(signature) && isShopifyDomain(domain);
}

/**
 * Takes a webhook of a store: its signature is checked over the bytes before anything of them is read. It is only a hint: the order
 * that it names is read from Shopify, whatever it says of it, so that a repeat or a late one changes nothing.
 */
export function createTakeShopifyHook(deps: HookDeps): TakeShopifyHook {
  const { db, log } = deps;
  return async ({ signature, domain, topic, body }) => {
    try {
      const signed: ShopifyStore[] = [];
      for (const store of await findStoresByDomain(db.prisma, domain))
        if (await isSignedFor(deps, store, signature, body)) signed.push(store);
      if (signed.length === 0) return 'forged';
      for (const store of signed) await note(deps, store, topic, body);
      return 'taken';
    } catch (error) {
      log.warn(
        { reason: messageOf(error), topic: topic.slice(0, 50) },
        'a webhook of Shopify could not be taken',
      );
      return 'busy';
    }
  };
}

async function isSignedFor(
  { db, sealer }: ShopifyDeps,
  { id }: ShopifyStore,
  signature: string,
  body: Buffer,
): Promise<boolean> {
  const secret = (await openStoreSecrets({ tx: db.prisma, sealer }, id))?.clientSecret;
  if (!secret) return false;
  const expected = createHmac('sha256', secret).update(body).digest();
  const given = Buffer.from(signature, 'base64');
  return given.length === expected.length && timingSafeEqual(given, expected);
}

async function note(deps: HookDeps, store: ShopifyStore, topic: string, body: Buffer): Promise<void> {
  const { db, clock } = deps;
  if (topic === 'app/uninstalled') {
    await stopShopify(
      deps,
      store,
      'The app was taken out of the store: install it again, and save its new token.',
    );
    return;
  }
  const orderId = orderIn(topic, body);
  if (orderId === null) return;
  const now = clock.now();
  const woken = await db.transaction(async (tx) => {
    const shopifyId = `gid://shopify/Order/${orderId}`;
    if (!(await askToReread(tx, { storeId: store.id, shopifyId, now }))) return null;
    try {
      const { companyId, id } = store;
      const choice = { companyId, now, subject: shopifyOf(id), name: readShopifyFlow.name };
      return await requestRun(tx, { ...choice, flows: shopifyFlows });
    } catch (error) {
      // A store that rests is read when it goes on.
      if (error instanceof AppError) return null;
      throw error;
    }
  });
  if (woken) await deps.wakeFlow({ id: woken.flowId, lane: woken.lane });
}

/** The number of the order that a webhook is about. */
function orderIn(topic: string, body: Buffer): string | null {
  let content: unknown;
  try {
    content = JSON.parse(body.toString());
  } catch {
    return null;
  }
  const { id, order_id: orderId } = (content ?? {}) as { id?: unknown; order_id?: unknown };
  const named = topic.startsWith('fulfillments/') ? orderId : id;
  return typeof named === 'number' && Number.isSafeInteger(named) ? String(named) : null;
}
