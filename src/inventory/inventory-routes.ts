import { isStorable } from '../kernel/plain-text.js';
import type { Actor } from '../companies/actor.js';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { Connection } from '../connections/connection.js';
import { listConnections } from '../connections/connection-store.js';
import { AppError } from '../kernel/errors.js';
import type { Api, ApiVersion } from '../http/api.js';
import { messageText, sendJson, sendMessage } from '../http/envelope.js';
import { operation } from '../http/operation.js';
import { StringMessage } from '../logicbroker/envelopes.js';
import { InventoryItemArrayResponse, InventoryItemMessage } from '../logicbroker/inventory-schema.js';
import { renderItem } from '../logicbroker/map-inventory.js';
import { deleteItems, deleteMatches, resendAll, sentenceOfZeroOut, zeroOut } from './items/change-items.js';
import { connectionOf, PartnerParams } from '../connections/shop-in-path.js';
import type { InventoryDeps } from './inventory-deps.js';
import { findItem, findItemsByMerchantSku } from './items/item-store.js';

export interface InventoryRouteDeps {
  inventory: InventoryDeps;
}

const SkuParams = Type.Object({ ...PartnerParams.properties, sku: Type.String() });

/** Reading what is there, and the buttons that concern all of it. */
export function inventoryRoutes(api: Api, version: ApiVersion, deps: InventoryRouteDeps): void {
  itemRoutes(api, version, deps);
  buttonRoutes(api, version, deps);
}

function itemRoutes(api: Api, version: ApiVersion, deps: InventoryRouteDeps): void {
  const { db } = deps.inventory;
  api.get(
    '/Inventory/:partnerId/Item/:sku',
    {
      schema: operation(version, 'getInventoryItem', 'Inventory', 'One item by your SKU', {
        params: SkuParams,
        ok: InventoryItemMessage,
      }),
    },
    async (request, reply) => {
      const { id: connectionId } = await connectionOf(deps.inventory.db, request);
      const item = await findItem(db.prisma, { connectionId, supplierSku: skuOf(request.params.sku) });
      if (!item) throw noSuchItem();
      return sendJson(reply, messageText(renderItem(item)));
    },
  );

  api.get(
    '/Inventory/:partnerId/Match/:sku',
    {
      schema: operation(version, 'getInventoryMatch', 'Inventory', 'One item by its seller SKU in TikTok', {
        params: SkuParams,
        ok: InventoryItemMessage,
      }),
    },
    async (request, reply) => {
      const { id } = await connectionOf(deps.inventory.db, request);
      const merchantSku = skuOf(request.params.sku);
      const [item] = await findItemsByMerchantSku(db.prisma, { connectionIds: [id], merchantSku });
      if (!item) throw noSuchItem();
      return sendJson(reply, messageText(renderItem(item)));
    },
  );

  api.get(
    '/Inventory/Availability/:sku',
    {
      schema: operation(version, 'getAvailability', 'Inventory', 'One SKU of TikTok in all your shops', {
        params: Type.Object({ sku: Type.String({ description: 'The seller SKU in TikTok.' }) }),
        ok: InventoryItemArrayResponse,
      }),
    },
    async (request, reply) => {
      const connectionIds = await idsOf(deps, request);
      const merchantSku = skuOf(request.params.sku);
      const items = await findItemsByMerchantSku(db.prisma, { connectionIds, merchantSku });
      const records = items.map((item) => renderItem(item)).join(',');
      const totals = `"TotalPages":${items.length > 0 ? 1 : 0},"CurrentPage":0,"TotalRecords":${items.length}`;
      return sendJson(reply, `{"Records":[${records}],${totals}}`);
    },
  );
}

function buttonRoutes(api: Api, version: ApiVersion, deps: InventoryRouteDeps): void {
  const { inventory } = deps;
  const button = (
    method: 'PUT' | 'DELETE',
    path: string,
    name: string,
    words: { summary: string; description: string },
    press: (connection: Connection, by: Actor) => Promise<string>,
  ): void => {
    api.route({
      method,
      url: path,
      schema: operation(version, name, 'Inventory', words.summary, {
        description: words.description,
        params: PartnerParams,
        ok: StringMessage,
      }),
      handler: async (request, reply) =>
        sendMessage(
          reply,
          await press(await connectionOf(deps.inventory.db, request as PartnerRequest), request.caller),
        ),
    });
  };

  button(
    'PUT',
    '/Inventory/:partnerId/ZeroOut',
    'zeroOutInventory',
    {
      summary: 'Set every quantity to 0, now',
      description:
        'The panic button: all quantities in all warehouses, sent at once, without the brake, also while the connection is ' +
        'paused. Files that arrived before raise nothing again. Without authorisation it waits, says so, and goes first.',
    },
    async (connection, by) => sentenceOfZeroOut(connection, await zeroOut(inventory, connection, by)),
  );
  button(
    'PUT',
    '/Inventory/:partnerId/Resend',
    'resendInventory',
    { summary: 'Send everything again', description: 'Whatever TikTok was sent before; with the next push.' },
    (connection, by) => resendAll(inventory, connection, by),
  );
  button(
    'DELETE',
    '/Inventory/:partnerId',
    'deleteInventory',
    {
      summary: 'Remove all items',
      description:
        'Matches stay. Nothing is sent: TikTok keeps the quantities that it has. Feeds that wait to be confirmed are refused, ' +
        'and one that arrived before brings nothing back.',
    },
    async (connection, by) =>
      `${await deleteItems(inventory, connection, by)} items were removed; nothing is sent.`,
  );
  button(
    'DELETE',
    '/Inventory/:partnerId/Matching',
    'deleteMatching',
    {
      summary: 'Drop all matches',
      description: 'Items stay, and are not sent until they are matched again.',
    },
    async (connection, by) => `${await deleteMatches(inventory, connection, by)} matches were dropped.`,
  );
}

type PartnerRequest = FastifyRequest<{ Params: { partnerId: number } }>;

export async function idsOf(
  { inventory }: InventoryRouteDeps,
  { caller }: FastifyRequest,
): Promise<number[]> {
  const connections = await listConnections(inventory.db.prisma, { companyId: caller.companyId });
  return connections.map(({ id }) => id);
}

/** No item has such a name, and no column could be asked for it. */
function skuOf(text: string): string {
  if (!isStorable(text)) throw noSuchItem();
  return text.trim();
}

function noSuchItem(): AppError {
  return new AppError('not-found', 'There is no such item.', {
    details: [{ field: 'sku', message: 'is not known in this shop' }],
  });
}
