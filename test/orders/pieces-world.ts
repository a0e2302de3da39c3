import type { Test } from 'tap';
import { findCancelling } from '../../src/acknowledgements/acknowledgement-store.js';
import type { Piece } from '../../src/orders/piece.js';
import { readPieces, readTouched } from '../../src/orders/read-pieces.js';
import type { ActSpec } from '../../src/simulator/control/act-spec.js';
import { poolReader } from '../../src/store/bulk-reader.js';
import { createKey, testApi } from '../support/api.js';
import type { TestShop } from './shop.js';

export const SKU = 'TEE-RED-L';
export const EVER = new Date(0);
/** Later than anything that happens: what still matters then matters for ever. */
export const FAR = new Date('2999-01-01Z');

export interface Placed {
  id: string;
  unitIds: string[];
}

export function place(
  shop: TestShop,
  {
    quantity = 1,
    paidMinutesAgo = 90,
    ...more
  }: { quantity?: number; paidMinutesAgo?: number | null; [more: string]: unknown } = {},
): Placed {
  const order = shop.simulator.control.addOrder(shop.shopId, {
    lines: [{ sellerSku: SKU, quantity }],
    paidMinutesAgo,
    ...more,
  });
  return { id: order.id, unitIds: (order.line_items as { id: string }[]).map(({ id }) => id) };
}

export function act(shop: TestShop, { id }: Placed, what: ActSpec): void {
  advance(shop, 5);
  shop.simulator.control.act(id, what);
}

export function advance(shop: TestShop, seconds: number): void {
  shop.simulator.control.setClock({ advanceSeconds: seconds });
}

/** When TikTok has changed the order last. */
export async function changedAt(shop: TestShop, { id }: Placed): Promise<Date> {
  const [order] = (await shop.api.getOrders([id])).orders;
  if (!order) throw new Error(`TikTok does not know ${id}`);
  return order.updatedAt;
}

/** All pieces of the SKU that matter from then on, as the push reads them. */
export function pieces(shop: TestShop, since = EVER): Promise<Piece[]> {
  return readPieces(poolReader(shop.db), shop.connection, [SKU], since);
}

export async function piecesOf(shop: TestShop, { unitIds }: Placed): Promise<Piece[]> {
  const all = new Map((await pieces(shop)).map((piece) => [piece.unitId, piece]));
  return unitIds.flatMap((unitId) => all.get(unitId) ?? []);
}

export async function pieceOf(shop: TestShop, order: Placed): Promise<Piece> {
  const [piece] = await piecesOf(shop, order);
  if (!piece) throw new Error(`the ledger has no piece of ${order.id}`);
  return piece;
}

export async function touchedAt(shop: TestShop): Promise<Date | null> {
  const [touched] = await readTouched(shop.db.prisma, shop.connection, EVER);
  return touched?.touchedAt ?? null;
}

export type Call = (
  method: 'GET' | 'POST' | 'PUT',
  url: string,
  payload?: object,
) => Promise<{ status: number; text: string }>;

/** The shop's ERP at the door of the API. */
export async function erpOf(t: Test, shop: TestShop) {
  const domain = { ...shop.deps, findCancelling };
  const { app } = await testApi(t, shop.db, { domain });
  const subscriptionkey = await createKey(shop.db, shop);
  const call: Call = async (method, url, payload) => {
    const answer = await app.inject({
      method,
      url: `/api/${url}`,
      headers: { subscriptionkey },
      ...(payload ? { payload } : {}),
    });
    return { status: answer.statusCode, text: answer.body };
  };
  return { app, call, subscriptionkey };
}
