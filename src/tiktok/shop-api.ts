import type { OrderStatus, ShopOrder } from '../orders/order.js';
import type { AccessTokens, CallBudget, Lane, TikTokApp, TikTokClient } from './client.js';
import type { ShopPackage, SplitAttributes, SplitPackage } from './map/fulfilment.js';
import type { ShippingProvider, Warehouse } from './map/logistics.js';
import type { AuthorizedShop } from './map/shop.js';

export interface ShopApiDeps {
  client: TikTokClient;
  app: TikTokApp;
  tokens: AccessTokens;
  budget: CallBudget;
  shop: { shopId: string; cipher: string; region: string };
  lane: Lane;
}

export interface AccountApiDeps {
  client: TikTokClient;
  app: TikTokApp;
  tokens: AccessTokens;
  budget: CallBudget;
  /** The seller's open id, to which the calls are charged. */
  openId: string;
  lane: Lane;
}

export interface OrderSearch {
  /** Inclusive. */
  updatedFrom?: Date;
  /** Exclusive. */
  updatedTo?: Date;
  createdFrom?: Date;
  createdTo?: Date;
  status?: OrderStatus;
  /** Only together with the same filters, sort and page size that it came from. */
  pageToken?: string | null;
  /** 1 to 100. */
  pageSize: number;
  sort: 'update_time' | 'create_time';
  order: 'ASC' | 'DESC';
}

/** An order that TikTok sent but that cannot be used; its neighbours are unaffected. */
export interface UnreadableOrder {
  /** Null when even the id is missing. */
  tiktokOrderId: string | null;
  reason: string;
}

export interface OrderPage {
  orders: ShopOrder[];
  unreadable: UnreadableOrder[];
  nextPageToken: string | null;
  totalCount: number;
  /** TikTok's clock when it answered. */
  serverTime: Date | null;
}

export interface PackageSearch {
  updatedFrom?: Date;
  updatedTo?: Date;
  createdFrom?: Date;
  createdTo?: Date;
  status?: string;
  pageToken?: string | null;
  /** 1 to 50. */
  pageSize: number;
  sort: 'update_time' | 'create_time' | 'order_pay_time';
  order: 'ASC' | 'DESC';
}

export interface PackagePage {
  packages: ShopPackage[];
  nextPageToken: string | null;
  totalCount: number;
  serverTime: Date | null;
}

/** What one shop can be asked and told. Every call throws TikTokError; none repeats a write on its own. */
export interface ShopApi {
  searchOrders(search: OrderSearch): Promise<OrderPage>;
  /** Up to 50 ids. Orders that TikTok does not know are simply missing. */
  getOrders(orderIds: readonly string[]): Promise<{ orders: ShopOrder[]; unreadable: UnreadableOrder[] }>;
  /** US, UK, EU, JP. Makes a package of these units and ships it. `warning` is TikTok's remark, such as a doubtful carrier. */
  markPackageShipped(shipment: {
    orderId: string;
    unitIds: readonly string[];
    trackingNumber: string;
    providerId: string;
  }): Promise<{ packageId: string; warning: string | null }>;
  splitAttributes(orderIds: readonly string[]): Promise<SplitAttributes[]>;
  /** Makes one package per group; the group's id is our own label. */
  splitOrder(split: {
    orderId: string;
    groups: readonly { id: string; unitIds: readonly string[] }[];
  }): Promise<SplitPackage[]>;
  /** South-East Asia and Latin America. Ships a package that exists already. */
  shipPackage(shipment: { packageId: string; trackingNumber: string; providerId: string }): Promise<void>;
  getPackage(packageId: string): Promise<ShopPackage>;
  searchPackages(search: PackageSearch): Promise<PackagePage>;
  /** Differs per delivery option; TikTok's own options have none (refused with code 21008117). */
  listShippingProviders(deliveryOptionId: string): Promise<ShippingProvider[]>;
  listWarehouses(): Promise<Warehouse[]>;
}

/** What can be asked about a whole seller account, before any shop is chosen. */
export interface AccountApi {
  authorizedShops(): Promise<AuthorizedShop[]>;
}
