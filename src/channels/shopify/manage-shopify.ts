import { audit } from '../../audit/audit.js';
import type { Actor } from '../../companies/actor.js';
import { allow } from '../../companies/permissions.js';
import type { Connection } from '../../connections/connection.js';
import {
  findShopifyStore,
  insertShopifyStore,
  openStoreSecrets,
  removeShopifyStore,
  setStoreSecrets,
  updateShopifyStore,
  type InventoryBehaviour,
  type ShopifyStore,
} from '../../deliveries/shopify/shopify-stores.js';
import { recordEvents } from '../../documents/document-store.js';
import { AppError, type ErrorDetail } from '../../kernel/errors.js';
import { DAY_MS } from '../../kernel/time.js';
import type { ShopifyStoreBody } from '../../logicbroker/shopify-schema.js';
import type { Tx } from '../../store/database.js';
import { ensureFlows } from '../../sync/flows/flows.js';
import type { OpenedStore, ShopifyDeps } from './open-shopify.js';
import { callShopify, isShopifyDomain } from './shopify-client.js';
import { readStore, SHOPIFY_API_VERSION, type StoreFacts } from './shopify-operations.js';
import { shopifyFlows, shopifyOf } from './shopify-subject.js';

interface StoreChange {
  by: Actor;
  connection: Pick<Connection, 'id' | 'companyId'>;
}

/** What the app needs, each with what it is for. A write scope includes reading. */
const NEEDED_SCOPES: readonly [string, string][] = [
  ['write_orders', 'to create orders and to cancel them'],
  ['read_products', 'to find variants by SKU'],
  ['read_fulfillments', 'to be told of parcels'],
];

/**
 * Saves the store that a connection's orders go to, after Shopify has said that the token may do what is needed and that the version
 * of its API is served.
 * @throws AppError invalid-document; rule-violated; channel-unavailable
 */
export async function saveShopifyStore(
  deps: ShopifyDeps,
  { by, connection }: StoreChange,
  body: ShopifyStoreBody,
): Promise<number> {
  const { companyId, id: connectionId } = connection;
  allow(by, 'settings', companyId);
  const { db, clock, sealer } = deps;
  const before = await findShopifyStore(db.prisma, { connectionId });
  const kept = before && (await openStoreSecrets({ tx: db.prisma, sealer }, before.id));
  const wanted = wantedStore(body, before, kept !== null);
  const accessToken = body.AccessToken ?? kept?.accessToken ?? '';
  const facts = await checkStore(deps, { domain: wanted.domain, accessToken });
  return db.transaction(async (tx) => {
    await tx.$queryRaw`SELECT id FROM connections WHERE id = ${connectionId} FOR NO KEY UPDATE`;
    const now = clock.now();
    const current = await findShopifyStore(tx, { connectionId });
    const fields = { ...wanted, ...facts, stateReason: null };
    let id = current?.id;
    if (id === undefined) id = await insertShopifyStore(tx, { companyId, connectionId, ...fields, now });
    else await updateShopifyStore(tx, id, { ...fields, checkedAt: now, updatedAt: now });
    await setStoreSecrets({ tx, sealer }, id, {
      ...(body.AccessToken === undefined ? {} : { accessToken: body.AccessToken }),
      ...(body.ClientSecret === undefined ? {} : { clientSecret: body.ClientSecret || null }),
    });
    await ensureFlows(tx, { subject: shopifyOf(id), now, flows: shopifyFlows });
    const told = (store: ShopifyStore | typeof wanted) => ({
      domain: store.domain,
      state: store.state,
      inventoryBehaviour: store.inventoryBehaviour,
      isStockSource: store.isStockSource,
    });
    await note(tx, { by, connection }, 'shopify.saved', {
      ...(current && { before: told(current) }),
      after: { ...told(wanted), ...(body.AccessToken !== undefined && { token: 'another one' }) },
    });
    return id;
  });
}

/** @throws AppError not-found */
export async function removeShopify(deps: ShopifyDeps, { by, connection }: StoreChange): Promise<void> {
  const { companyId, id: connectionId } = connection;
  allow(by, 'settings', companyId);
  await deps.db.transaction(async (tx) => {
    const store = await findShopifyStore(tx, { connectionId });
    if (!store) throw noSuchStore();
    await removeShopifyStore(tx, store.id, deps.clock.now());
    await note(tx, { by, connection }, 'shopify.removed', { before: { domain: store.domain } });
  });
}

export function noSuchStore(): AppError {
  return new AppError('not-found', 'The orders of this shop go to no Shopify store.', {
    details: [{ message: 'there is none', next: 'PUT Settings/Partners/{partnerId}/Shopify saves one' }],
  });
}

async function note(
  tx: Tx,
  { by, connection: { id: connectionId, companyId } }: StoreChange,
  action: 'shopify.saved' | 'shopify.removed',
  values: { before?: object; after?: object },
): Promise<void> {
  const summary =
    action === 'shopify.saved' ? 'The Shopify store was saved.' : 'The Shopify store was removed.';
  await recordEvents(tx, by, [{ companyId, connectionId, event: 'shopify-changed', summary }]);
  await audit(tx, by, [
    { action, subject: `connection ${connectionId}`, companyId, connectionId, ...values },
  ]);
}

/** @throws AppError invalid-document with all findings; rule-violated */
function wantedStore(
  body: ShopifyStoreBody,
  before: ShopifyStore | null,
  hasToken: boolean,
): Pick<ShopifyStore, 'domain' | 'state' | 'inventoryBehaviour' | 'isStockSource'> {
  const domain = body.Domain.trim().toLowerCase();
  const isStockSource = body.IsStockSource ?? before?.isStockSource ?? true;
  const inventoryBehaviour = (body.InventoryBehaviour ??
    before?.inventoryBehaviour ??
    'DECREMENT_IGNORING_POLICY') as InventoryBehaviour;
  const problems: ErrorDetail[] = [];
  if (!isShopifyDomain(domain))
    problems.push({
      field: 'Domain',
      message: 'must be the permanent domain of the store, such as example.myshopify.com',
      next: 'Shopify admin: Settings, Domains',
    });
  if (body.AccessToken === undefined && !hasToken)
    problems.push({ field: 'AccessToken', message: 'required: the access token of the custom app' });
  if (body.AccessToken !== undefined && !/^[\x21-\x7e]{10,500}$/.test(body.AccessToken))
    problems.push({ field: 'AccessToken', message: 'must be one word of 10 to 500 characters' });
  if (problems.length > 0)
    throw new AppError('invalid-document', 'The Shopify store is not valid.', { details: problems });
  if (before && before.domain !== domain)
    throw new AppError('rule-violated', `The orders of this shop go to ${before.domain}.`, {
      details: [
        {
          field: 'Domain',
          message: 'is another store',
          next: 'Remove the store first, then save the other one.',
        },
      ],
    });
  if (inventoryBehaviour === 'BYPASS' && isStockSource)
    throw new AppError('rule-violated', 'Orders must take from the stock that TikTok sells.', {
      details: [
        {
          field: 'InventoryBehaviour',
          message: 'BYPASS leaves the stock as it was, so that pieces are sold twice',
          next: 'Set IsStockSource to false where another system keeps the stock.',
        },
      ],
    });
  const isEnabled = body.Enabled ?? before?.state !== 'off';
  return { domain, state: isEnabled ? 'on' : 'off', inventoryBehaviour, isStockSource };
}

async function checkStore(
  { shopify }: ShopifyDeps,
  credentials: { domain: string; accessToken: string },
): Promise<Pick<ShopifyStore, 'name' | 'currency' | 'scopes'>> {
  const answer = await callShopify(shopify, credentials, readStore, {}).catch((error: unknown) => {
    if (!(error instanceof AppError) || error.code === 'channel-unavailable') throw error;
    throw new AppError('rule-violated', error.message, {
      details: [
        { field: 'AccessToken', message: error.message, next: 'Copy the token of the custom app anew.' },
      ],
      cause: error,
    });
  });
  const { facts, problems } = factsOf(answer, credentials.domain);
  if (problems.length > 0)
    throw new AppError('rule-violated', 'The Shopify store cannot be used like this.', { details: problems });
  return facts;
}

function factsOf(
  { shop, currentAppInstallation, publicApiVersions }: StoreFacts,
  wantedDomain: string,
): { facts: Pick<ShopifyStore, 'name' | 'currency' | 'scopes'>; problems: ErrorDetail[] } {
  const scopes = currentAppInstallation.accessScopes.map(({ handle }) => handle).toSorted();
  const problems = shopifyProblems({
    domain: shop.myshopifyDomain,
    wantedDomain,
    scopes,
    publicApiVersions,
  });
  return { facts: { name: shop.name, currency: shop.currencyCode, scopes }, problems };
}

/**
 * Asks Shopify once a day whether the token may still do what is needed, and whether the version of the API is still served. What is not
 * so stops the store, and is told, before calls fail one by one.
 */
export async function recheckStore(
  deps: ShopifyDeps,
  { store, call }: OpenedStore,
  now: Date,
): Promise<void> {
  if (now.getTime() - store.checkedAt.getTime() < DAY_MS) return;
  const { facts, problems } = factsOf(await call(readStore, {}), store.domain);
  if (problems.length > 0) {
    const [{ message, next = '' }] = problems as [ErrorDetail];
    throw new AppError('needs-reauthorization', `The Shopify store: ${message}. ${next}`);
  }
  await updateShopifyStore(deps.db.prisma, store.id, { ...facts, checkedAt: now });
}

function shopifyProblems(facts: {
  domain: string;
  wantedDomain: string;
  scopes: readonly string[];
  publicApiVersions: readonly { handle: string; supported: boolean }[];
}): ErrorDetail[] {
  const { scopes, publicApiVersions } = facts;
  const problems: ErrorDetail[] = [];
  if (facts.domain.toLowerCase() !== facts.wantedDomain)
    problems.push({
      field: 'Domain',
      message: `the token is of ${facts.domain}`,
      next: 'Use its own domain and token.',
    });
  const lacking = NEEDED_SCOPES.filter(([scope]) => !scopes.includes(scope) && !isIncluded(scope, scopes));
  if (lacking.length > 0)
    problems.push({
      field: 'AccessToken',
      message: `lacks ${lacking.map(([scope, use]) => `${scope} (${use})`).join(', ')}`,
      next: 'Grant the app these scopes in Shopify, install it again, and save the new token.',
    });
  if (!publicApiVersions.some(({ handle, supported }) => supported && handle === SHOPIFY_API_VERSION))
    problems.push({
      field: 'Domain',
      message: `Shopify does not serve version ${SHOPIFY_API_VERSION} of its API any more`,
      next: 'Update this program.',
    });
  return problems;
}

function isIncluded(scope: string, scopes: readonly string[]): boolean {
  return scope.startsWith('read_') && scopes.includes(scope.replace('read_', 'write_'));
}
