import type { CancelCase, ReturnCase } from '../state/aftersales-model.js';
import type { Authorization, Effect, Order, Package, Sku } from '../state/model.js';
import type { Product, ProductStatus } from '../state/product.js';
import type { Shop, World } from '../state/world.js';
import { announce } from './announce.js';

/** TikTok: Order status change. Its sample of an unpaid order says that it is on hold. */
export function tellOrder(world: World, shop: Shop, order: Order, atSec: number): void {
  const isHeld = order.status === 'ON_HOLD';
  announce(world, shop, {
    eventType: 'ORDER_STATUS_CHANGE',
    atSec,
    data: {
      is_on_hold_order: isHeld || (order.status === 'UNPAID' && shop.region.holds),
      order_id: order.id,
      order_status: isHeld && !world.behaviour.showsOnHold ? 'AWAITING_SHIPMENT' : order.status,
      update_time: atSec,
    },
  });
}

export function tellAddress(world: World, shop: Shop, order: Order, atSec: number): void {
  const data = { order_id: order.id, update_time: atSec };
  announce(world, shop, { eventType: 'RECIPIENT_ADDRESS_UPDATE', atSec, data });
}

const packageRoles: Readonly<Record<Effect['via'], string>> = {
  api: 'ROLE_SELLER',
  seller_center: 'ROLE_SELLER',
  buyer: 'ROLE_USER',
  platform: 'ROLE_SYSTEM',
};

export function tellPackages(
  world: World,
  shop: Shop,
  packages: readonly Package[],
  { scType, via, atSec }: { scType: string; via: Effect['via']; atSec: number },
): void {
  if (packages.length === 0) return;
  const list = packages.map(({ id, orderIds }) => ({ package_id: id, order_id_list: orderIds }));
  announce(world, shop, {
    eventType: 'PACKAGE_UPDATE',
    atSec,
    data: { package_list: list, role_type: packageRoles[via], sc_type: scType, update_time: atSec },
  });
}

export function tellCancel(world: World, item: CancelCase, atSec: number): void {
  const shop = world.shops.get(item.shopId);
  if (shop === undefined) return;
  const isOff = item.status === 'CANCELLATION_REQUEST_CANCEL';
  announce(world, shop, {
    eventType: 'CANCELLATION_STATUS_CHANGE',
    atSec,
    data: {
      order_id: item.orderId,
      cancellations_role: item.role,
      cancel_status: isOff ? world.behaviour.cancelledSpelling : item.status,
      cancel_id: item.id,
      create_time: item.createdSec,
    },
  });
}

export function tellReturn(world: World, item: ReturnCase, atSec: number): void {
  const shop = world.shops.get(item.shopId);
  if (shop === undefined) return;
  announce(world, shop, {
    eventType: 'RETURN_STATUS_CHANGE',
    atSec,
    data: {
      order_id: item.orderId,
      return_role: item.role,
      return_type: item.type,
      return_status: item.status,
      return_id: item.id,
      create_time: item.createdSec,
      update_time: atSec,
    },
  });
}

/** TikTok: Product status change, with the id as a number. */
export function tellProductStatus(
  world: World,
  shop: Shop,
  product: Product,
  before: ProductStatus,
  atSec: number,
): void {
  const isFirst = before === 'PENDING' && product.status === 'ACTIVATE';
  const passed = isFirst ? 'PRODUCT_FIRST_PASS_REVIEW' : 'PRODUCT_STATUS_CHANGED';
  const status = product.status === 'FAILED' ? 'PRODUCT_AUDIT_FAILURE' : passed;
  announce(world, shop, {
    eventType: 'PRODUCT_STATUS_CHANGE',
    atSec,
    data: { product_id: BigInt(product.id), status, suspended_reason: '', update_time: atSec },
  });
}

export function tellProductCreated(world: World, shop: Shop, product: Product, atSec: number): void {
  const data = { product_id: BigInt(product.id), product_types: [], update_time: atSec };
  announce(world, shop, { eventType: 'PRODUCT_CREATION', atSec, data });
}

/** UNCONFIRMED: the names of changed fields; here only that something was edited. */
export function tellProductEdited(
  world: World,
  shop: Shop,
  product: Product,
  { via, atSec }: { via: string; atSec: number },
): void {
  const source = via === 'api' ? 'OPEN_API' : 'SELLER_CENTER';
  const data = { product_id: product.id, change_source: source, changed_fields: [], update_time: atSec };
  announce(world, shop, { eventType: 'PRODUCT_INFORMATION_CHANGE', atSec, data });
}

export function tellProductAudited(world: World, shop: Shop, product: Product, atSec: number): void {
  const audit = { status: product.audit, pre_approved_reasons: product.preApprovedReasons ?? [] };
  announce(world, shop, {
    eventType: 'PRODUCT_AUDIT_STATUS_CHANGE',
    atSec,
    data: {
      product_id: BigInt(product.id),
      audit,
      integrated_platform_statuses: [],
      update_time: atSec,
    },
  });
}

export function tellCategory(
  world: World,
  shop: Shop,
  product: Product,
  { before, after }: { before: string; after: string },
): void {
  const atSec = world.clock.nowSec();
  announce(world, shop, {
    eventType: 'PRODUCT_CATEGORY_CHANGE',
    atSec,
    data: {
      product_id: product.id,
      previous_category_id: before,
      current_category_id: after,
      update_time: atSec,
    },
  });
}

/** `trigger`: UNCONFIRMED, TikTok names ten kinds without listing them in the announcement. */
export function tellStock(
  world: World,
  shop: Shop,
  sku: Sku,
  change: { warehouseId: string; before: number; after: number; trigger: string },
): void {
  const { warehouseId, before, after, trigger } = change;
  const atSec = world.clock.nowSec();
  const changed = {
    trigger_source: trigger,
    warehouse_id: warehouseId,
    available_quantity_delta: after - before,
  };
  announce(world, shop, {
    eventType: 'INVENTORY_UPDATE',
    atSec,
    data: {
      event_id: `${sku.id}-${world.webhooks.lastId}`,
      product_id: BigInt(sku.productId),
      sku_id: BigInt(sku.id),
      snapshot: sku.stock.map((stock) => ({
        warehouse_id: stock.warehouseId,
        available_quantity: stock.available,
        committed_quantity: stock.committed,
      })),
      changes: [changed],
      update_time: new Date(atSec * 1000).toISOString(),
    },
  });
  if ((before === 0) === (after === 0)) return;
  announce(world, shop, {
    eventType: 'INVENTORY_STATUS_CHANGE',
    atSec,
    data: {
      product_id: sku.productId,
      sku_id: sku.id,
      trigger_reason: { alert_type: 'REALTIME', lead_days: 0, low_stock_threshold: 0 },
      current_inventory_status: after === 0 ? 'OUT_OF_STOCK' : 'SUFFICIENT_STOCK',
      inventory_distribution: {},
      update_time: atSec,
    },
  });
}

export function tellInvoice(world: World, shop: Shop, order: Order, atSec: number): void {
  for (const id of order.packageIds.length > 0 ? order.packageIds : [''])
    announce(world, shop, {
      eventType: 'INVOICE_STATUS_CHANGE',
      atSec,
      data: {
        package_id: id,
        order_ids: [order.id],
        invoice_status: order.invoice ?? '',
        invalid_reason: '',
      },
    });
}

/** Before the authorisation goes: afterwards the app is told nothing more. */
export function tellDeauthorized(world: World, shop: Shop, appKey: string, atSec: number): void {
  const data = { message: 'The seller has removed the authorization of the app.' };
  announce(world, shop, { eventType: 'SELLER_DEAUTHORIZATION', atSec, data, appKey });
}

export function tellExpiry(
  world: World,
  shop: Shop,
  { appKey, endsSec }: Authorization,
  atSec: number,
): void {
  const data = { message: 'The authorization expires soon.', expiration_time: String(endsSec) };
  announce(world, shop, { eventType: 'UPCOMING_AUTHORIZATION_EXPIRATION', atSec, data, appKey });
}
