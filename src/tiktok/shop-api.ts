import type { Lane } from '../kernel/lane.js';
import type { AccessTokens, CallBudget, Caller, TikTokApp, TikTokClient } from './client.js';
import { createCancellationCalls } from './cancellation-calls.js';
import type { CancellationCalls } from './cancellation-calls.js';
import { endpoints } from './endpoints.js';
import type { Fence } from '../outbound/call-fence.js';
import { createFulfilmentCalls } from './fulfilment-calls.js';
import type { FulfilmentCalls } from './fulfilment-calls.js';
import { createComplianceCalls, type ComplianceCalls } from './compliance-calls.js';
import { createListingCalls, type ListingCalls } from './listing-calls.js';
import { createMediaCalls, type MediaCalls } from './media-calls.js';
import { mapShippingProvider, mapWarehouse } from './map/logistics-mapping.js';
import type { ShippingProvider, Warehouse } from './map/logistics-mapping.js';
import { mapAuthorizedShop } from './map/shop-mapping.js';
import type { AuthorizedShop } from './map/shop-mapping.js';
import { createOrderCalls } from './order-calls.js';
import type { OrderCalls } from './order-calls.js';
import { createReturnCalls } from './return-calls.js';
import type { ReturnCalls } from './return-calls.js';
import { createProductCalls, type ProductCalls } from './product-calls.js';
import { createWebhookCalls, type WebhookCalls } from './webhook-calls.js';
import { createListingWriteCalls, type ListingWriteCalls } from './listing-write-calls.js';
import { createProductVersionCalls, type ProductVersionCalls } from './product-version-calls.js';
import { readList } from './shop-call.js';
import type { ShopCall } from './shop-call.js';

interface ApiDeps {
  client: TikTokClient;
  app: TikTokApp;
  tokens: AccessTokens;
  budget: CallBudget;
  lane: Lane;
}

interface ShopApiDeps extends ApiDeps {
  shop: { shopId: string; cipher: string };
  /** Whoever holds a lease gives its fence to be able to write; without one every write is an error. */
  fence?: Fence | undefined;
}

interface AccountApiDeps extends ApiDeps {
  /** The seller's open id, to which the calls are charged. */
  openId: string;
}

interface LogisticsCalls {
  /**
   * Differs per delivery option, in the EU also per route: the countries that the parcel leaves and reaches, ISO 3166 with two
   * letters. TikTok's own options have none (refused with code 21008117).
   */
  listShippingProviders(
    deliveryOptionId: string,
    route?: { origin: string; destination: string },
  ): Promise<ShippingProvider[]>;
  listWarehouses(): Promise<Warehouse[]>;
}

/** What one shop can be asked and told. Every call throws TikTokError, and none repeats a write on its own. */
export interface ShopApi
  extends
    OrderCalls,
    FulfilmentCalls,
    LogisticsCalls,
    CancellationCalls,
    ReturnCalls,
    ProductCalls,
    ProductVersionCalls,
    ListingCalls,
    ListingWriteCalls,
    ComplianceCalls,
    MediaCalls,
    WebhookCalls {}

/** What can be asked about a whole seller account, before any shop is chosen. */
export interface AccountApi {
  authorizedShops(): Promise<AuthorizedShop[]>;
}

export function createShopApi({ client, shop, ...deps }: ShopApiDeps): ShopApi {
  const caller: Caller = { ...deps, shopId: shop.shopId, cipher: shop.cipher };
  const call: ShopCall = (wanted) => client.call(wanted, caller);
  const callAccount: ShopCall = (wanted) => client.call(wanted, { ...caller, cipher: null });
  return {
    ...createOrderCalls(call),
    ...createFulfilmentCalls(call),
    ...createLogisticsCalls(call),
    ...createProductCalls(call),
    ...createProductVersionCalls(call),
    ...createCancellationCalls(call),
    ...createReturnCalls(call),
    ...createListingCalls(call, callAccount),
    ...createListingWriteCalls(call),
    ...createComplianceCalls(callAccount),
    ...createMediaCalls(callAccount),
    ...createWebhookCalls(call),
  };
}

function createLogisticsCalls(call: ShopCall): LogisticsCalls {
  return {
    async listShippingProviders(deliveryOptionId, route) {
      const ids = { delivery_option_id: deliveryOptionId };
      const query = route && { warehouse_region: route.origin, buyer_region: route.destination };
      const { data } = await call({ endpoint: endpoints.shippingProviders, ids, ...(query && { query }) });
      return readList(data['shipping_providers'], mapShippingProvider);
    },

    async listWarehouses() {
      const { data } = await call({ endpoint: endpoints.warehouses });
      return readList(data['warehouses'], mapWarehouse);
    },
  };
}

export function createAccountApi({ client, openId, ...deps }: AccountApiDeps): AccountApi {
  const caller: Caller = { ...deps, shopId: openId, cipher: null };
  return {
    async authorizedShops() {
      const { data } = await client.call({ endpoint: endpoints.authorizedShops }, caller);
      return readList(data['shops'], mapAuthorizedShop);
    },
  };
}
