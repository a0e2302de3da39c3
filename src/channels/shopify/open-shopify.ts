import { systemActor } from '../../companies/actor.js';
import {
  findShopifyStore,
  openStoreSecrets,
  refuseShopifyStore,
  type ShopifyStore,
} from '../../deliveries/shopify/shopify-stores.js';
import { recordEvents } from '../../documents/document-store.js';
import { AppError } from '../../kernel/errors.js';
import type { Logger } from '../../kernel/log.js';
import type { Clock } from '../../kernel/time.js';
import type { Fence } from '../../outbound/call-fence.js';
import type { Database } from '../../store/database.js';
import type { Sealer } from '../../store/secrets.js';
import type { CallStore } from './find-shopify-variants.js';
import { callShopify, type ShopifyAccess } from './shopify-client.js';

/** What everything about Shopify stores needs. */
export interface ShopifyDeps {
  db: Database;
  clock: Clock;
  log: Logger;
  sealer: Sealer;
  shopify: ShopifyAccess;
}

export interface OpenedStore {
  store: ShopifyStore;
  call: CallStore;
}

const by = systemActor('shopify', 'service');

/**
 * A store that may be called. A token that Shopify refuses stops everything of the store, told once; nothing is lost meanwhile.
 * @throws AppError not-found, connection-not-ready
 */
export async function openShopify(deps: ShopifyDeps, id: number, fence?: Fence): Promise<OpenedStore> {
  const { db, sealer, shopify } = deps;
  const store = await findShopifyStore(db.prisma, { id });
  if (!store) throw new AppError('not-found', `There is no Shopify store ${id} any more.`);
  const secrets = await openStoreSecrets({ tx: db.prisma, sealer }, id);
  if (!secrets)
    throw new AppError('connection-not-ready', `The Shopify store ${store.domain} has no access token.`);
  const credentials = { domain: store.domain, accessToken: secrets.accessToken };
  return {
    store,
    async call(operation, variables) {
      try {
        return await callShopify(shopify, credentials, operation, variables, fence);
      } catch (error) {
        if (error instanceof AppError && error.code === 'needs-reauthorization')
          await stopShopify(deps, store, error.message);
        throw error;
      }
    },
  };
}

/** Stops everything of a store, and tells it once. */
export async function stopShopify({ db }: ShopifyDeps, store: ShopifyStore, reason: string): Promise<void> {
  await db.transaction(async (tx) => {
    if (!(await refuseShopifyStore(tx, store.id, reason))) return;
    const { companyId, connectionId, domain } = store;
    await recordEvents(tx, by, [
      {
        companyId,
        connectionId,
        event: 'shopify-refused',
        summary: `The Shopify store ${domain} is stopped.`,
        details: `${reason} Orders wait until its settings are saved again.`,
      },
    ]);
  });
}
