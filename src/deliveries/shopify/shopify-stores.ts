import type { SqlTx, Tx } from '../../store/database.js';
import { sealingKey } from '../../store/key-ring.js';
import type { SealedColumn } from '../../store/sealed-columns.js';
import type { Sealer } from '../../store/secrets.js';

/** Shopify's words for what an order does to the stock there. */
export type InventoryBehaviour = 'DECREMENT_IGNORING_POLICY' | 'DECREMENT_OBEYING_POLICY' | 'BYPASS';

/** A Shopify store that a connection's orders go to, without its secrets. */
export interface ShopifyStore {
  id: number;
  companyId: number;
  connectionId: number;
  domain: string;
  name: string;
  currency: string;
  state: 'on' | 'off' | 'refused' | 'removed';
  stateReason: string | null;
  scopes: string[];
  inventoryBehaviour: InventoryBehaviour;
  isStockSource: boolean;
  checkedAt: Date;
  createdAt: Date;
  updatedAt: Date;
}

/** What opens a store. Never logged, never answered. */
interface StoreSecrets {
  accessToken: string;
  /** Null: webhooks are not taken. */
  clientSecret: string | null;
}

const TABLE = 'shopify_stores';

export const sealedShopifySecrets: readonly SealedColumn[] = [
  { table: TABLE, column: 'access_token', row: 'id' },
  { table: TABLE, column: 'client_secret', row: 'id' },
];

const omit = { accessToken: true, clientSecret: true } as const;

/** Null when there is none, or it is removed. @param which without `companyId`: of whichever company */
export async function findShopifyStore(
  tx: Tx,
  which: { id: number } | { connectionId: number; companyId?: number },
): Promise<ShopifyStore | null> {
  const row = await tx.shopifyStore.findFirst({ where: { ...which, state: { not: 'removed' } }, omit });
  return row as ShopifyStore | null;
}

/** Stores that a domain names: of several shops, or companies. */
export async function findStoresByDomain(tx: Tx, domain: string): Promise<ShopifyStore[]> {
  const rows = await tx.shopifyStore.findMany({ where: { domain, state: { not: 'removed' } }, omit });
  return rows as ShopifyStore[];
}

export async function insertShopifyStore(
  tx: Tx,
  { now, ...data }: Omit<ShopifyStore, 'id' | 'checkedAt' | 'createdAt' | 'updatedAt'> & { now: Date },
): Promise<number> {
  const { id } = await tx.shopifyStore.create({
    data: { ...data, checkedAt: now, createdAt: now, updatedAt: now },
    select: { id: true },
  });
  return id;
}

export async function updateShopifyStore(
  tx: Tx,
  id: number,
  change: Partial<Omit<ShopifyStore, 'id' | 'companyId' | 'connectionId' | 'createdAt'>>,
): Promise<void> {
  await tx.shopifyStore.update({ where: { id }, data: change });
}

/** Shopify does not take its token any more. @returns false where that was known */
export async function refuseShopifyStore(tx: SqlTx, id: number, reason: string): Promise<boolean> {
  const count = await tx.$executeRaw`
    UPDATE shopify_stores SET state = 'refused', state_reason = ${reason} WHERE id = ${id} AND state = 'on'`;
  return count > 0;
}

/** What is left out stays as it is. */
export async function setStoreSecrets(
  { tx, sealer }: { tx: Tx; sealer: Sealer },
  id: number,
  secrets: Partial<StoreSecrets>,
): Promise<void> {
  const keyId = await sealingKey(tx, sealer);
  const sealed = (column: 'access_token' | 'client_secret', text: string | null) =>
    text === null ? null : sealer.seal(text, { table: TABLE, row: id, column }, keyId);
  const { accessToken, clientSecret } = secrets;
  await tx.shopifyStore.update({
    where: { id },
    data: {
      ...(accessToken === undefined ? {} : { accessToken: sealed('access_token', accessToken) }),
      ...(clientSecret === undefined ? {} : { clientSecret: sealed('client_secret', clientSecret) }),
    },
  });
}

/** In clear text; null where there is no token any more. */
export async function openStoreSecrets(
  { tx, sealer }: { tx: Tx; sealer: Sealer },
  id: number,
): Promise<StoreSecrets | null> {
  const row = await tx.shopifyStore.findUnique({
    where: { id },
    select: { accessToken: true, clientSecret: true },
  });
  if (!row?.accessToken) return null;
  const open = (column: string, envelope: string) => sealer.open(envelope, { table: TABLE, row: id, column });
  return {
    accessToken: open('access_token', row.accessToken),
    clientSecret: row.clientSecret === null ? null : open('client_secret', row.clientSecret),
  };
}

/** Whether it has what webhooks are signed with. */
export async function takesWebhooks(tx: Tx, id: number): Promise<boolean> {
  return (await tx.shopifyStore.count({ where: { id, clientSecret: { not: null } } })) > 0;
}

/** It is gone with its secrets; what became of its orders stays. */
export async function removeShopifyStore(tx: Tx, id: number, now: Date): Promise<void> {
  await tx.shopifyStore.update({
    where: { id },
    data: { state: 'removed', accessToken: null, clientSecret: null, updatedAt: now },
  });
}

/**
 * Gives up secrets that an encryption key has sealed which is lost for good: their stores rest until they have others.
 * @returns the stores
 */
export async function forgetShopifySecrets(tx: Tx, keyId: string): Promise<number[]> {
  const reason = `The encryption key ${keyId} that sealed its token was given up: save the token again`;
  const rows = await tx.$queryRaw<{ id: number }[]>`
    UPDATE shopify_stores SET access_token = NULL, client_secret = NULL,
      state = CASE WHEN state = 'on' THEN 'refused' ELSE state END, state_reason = ${reason}
    WHERE split_part(access_token, '.', 2) = ${keyId} OR split_part(client_secret, '.', 2) = ${keyId} RETURNING id`;
  return rows.map(({ id }) => id);
}
