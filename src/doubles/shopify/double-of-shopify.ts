import type { CostBucket } from './shopify-cost.js';
import type { HookSender } from './shopify-hooks.js';
import type * as store from './shopify-state.js';

/** What goes wrong with the next calls that ask for a field of the root. */
export interface Fault {
  field: string;
  /** `lost`: done, and the answer does not arrive; `unavailable`: 503, not done; `throttled`: the bucket is said to be empty. */
  kind: 'lost' | 'unavailable' | 'throttled';
  times: number;
}

export interface ShopifyDouble {
  url: string;
  state: store.StoreState;
  bucket: CostBucket;
  hooks: HookSender;
  /** Operations that arrived, by name, also those that a fault has hit. */
  calls: string[];
  /** Every call answered with a validation error or a refusal of the schema: an app of ours never sends one. */
  malformed: string[];
  fault(fault: Fault): void;
  /** As if the merchant had uninstalled the app. */
  revokeToken(): void;
  setScopes(scopes: string[]): void;
  giveToken(token: string): void;
  fulfill(order: store.Order, what?: Parameters<typeof store.fulfill>[2]): store.Fulfillment;
  setTracking(fulfillment: store.Fulfillment, tracking: Parameters<typeof store.wholeTracking>[0][]): void;
  cancelFulfillment(fulfillment: store.Fulfillment): void;
  /** The merchant cancels an order in Shopify's admin. @throws Error when Shopify would refuse */
  cancelOrder(order: store.Order, reason?: string): void;
  close(): Promise<void>;
}
