/** The version of Shopify's GraphQL Admin API that every call names. Shopify supports each one for a year at least. */
export const SHOPIFY_API_VERSION = '2026-10';

/** A query or mutation: its text, what it answers, and whether it changes anything. */
export interface ShopifyOperation<Variables, Data> {
  name: string;
  text: string;
  writes: boolean;
  /** Never set: carries the types. */
  types?: (variables: Variables) => Data;
}

function query<Variables, Data>(name: string, text: string): ShopifyOperation<Variables, Data> {
  return { name, text, writes: false };
}

function mutation<Variables, Data>(name: string, text: string): ShopifyOperation<Variables, Data> {
  return { name, text, writes: true };
}

interface Page<Node> {
  nodes: Node[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
}

interface MoneySet {
  shopMoney: { amount: string; currencyCode: string };
}

interface UserError {
  code: string | null;
  field: string[] | null;
  message: string;
}

export interface StoreFacts {
  shop: { id: string; name: string; myshopifyDomain: string; currencyCode: string };
  currentAppInstallation: { accessScopes: { handle: string }[] };
  publicApiVersions: { handle: string; supported: boolean }[];
}

/** What a token may do, and whether the pinned version is still served. */
export const readStore = query<Record<string, never>, StoreFacts>(
  'ConnectorStore',
  `query ConnectorStore {
    shop { id name myshopifyDomain currencyCode }
    currentAppInstallation { accessScopes { handle } }
    publicApiVersions { handle supported }
  }`,
);

export interface ShopifyVariant {
  id: string;
  sku: string | null;
  title: string;
  product: { title: string; status: string };
}

/** Shopify's search is by words and without case: whoever asks compares the SKUs exactly. */
export const findVariants = query<
  { query: string; after: string | null },
  { productVariants: Page<ShopifyVariant> }
>(
  'ConnectorVariants',
  `query ConnectorVariants($query: String!, $after: String) {
    productVariants(first: 100, after: $after, query: $query) {
      nodes { id sku title product { title status } }
      pageInfo { hasNextPage endCursor }
    }
  }`,
);

export interface ShopifyOrderHead {
  id: string;
  name: string;
  sourceIdentifier: string | null;
  cancelledAt: string | null;
  totalPriceSet: MoneySet;
}

const HEAD = 'id name sourceIdentifier cancelledAt totalPriceSet { shopMoney { amount currencyCode } }';

/** UNCONFIRMED: how soon after orderCreate the search shows the order; it is asked after the time of doubt. */
export const findOrdersBySource = query<{ query: string }, { orders: { nodes: ShopifyOrderHead[] } }>(
  'ConnectorOrderBySource',
  `query ConnectorOrderBySource($query: String!) {
    orders(first: 5, query: $query) { nodes { ${HEAD} } }
  }`,
);

export const createOrder = mutation<
  { order: object; options: object },
  { orderCreate: { order: ShopifyOrderHead | null; userErrors: UserError[] } | null }
>(
  'ConnectorCreateOrder',
  `mutation ConnectorCreateOrder($order: OrderCreateOrderInput!, $options: OrderCreateOptionsInput) {
    orderCreate(order: $order, options: $options) {
      order { ${HEAD} }
      userErrors { code field message }
    }
  }`,
);

interface ShopifyFulfillmentLine {
  quantity: number | null;
  lineItem: { id: string; sku: string | null; customAttributes: { key: string; value: string | null }[] };
}

export interface ShopifyFulfillment {
  id: string;
  /** SUCCESS, CANCELLED, ERROR, FAILURE; PENDING and OPEN of old ones. */
  status: string;
  createdAt: string;
  updatedAt: string;
  trackingInfo: { company: string | null; number: string | null; url: string | null }[];
  fulfillmentLineItems: { nodes: ShopifyFulfillmentLine[] };
}

export interface ShopifyOrder {
  id: string;
  name: string;
  sourceIdentifier: string | null;
  updatedAt: string;
  cancelledAt: string | null;
  cancelReason: string | null;
  fulfillments: ShopifyFulfillment[];
}

const ORDER = `id name sourceIdentifier updatedAt cancelledAt cancelReason
  fulfillments(first: 50) {
    id status createdAt updatedAt
    trackingInfo(first: 20) { company number url }
    fulfillmentLineItems(first: 100) {
      nodes { quantity lineItem { id sku customAttributes { key value } } }
    }
  }`;

export const readOrder = query<{ id: string }, { order: ShopifyOrder | null }>(
  'ConnectorOrder',
  `query ConnectorOrder($id: ID!) { order(id: $id) { ${ORDER} } }`,
);

/** In pages: what one order holds is read by `readOrder`. */
export const listChangedOrders = query<
  { query: string; after: string | null },
  { orders: Page<{ id: string; updatedAt: string }> }
>(
  'ConnectorChangedOrders',
  `query ConnectorChangedOrders($query: String!, $after: String) {
    orders(first: 100, after: $after, sortKey: UPDATED_AT, query: $query) {
      nodes { id updatedAt }
      pageInfo { hasNextPage endCursor }
    }
  }`,
);

/** UNCONFIRMED: that no money is returned without a refund method; the payment is TikTok's, so there is nothing to pay back. */
export const cancelOrder = mutation<
  { id: string; restock: boolean; note: string },
  { orderCancel: { job: { id: string } | null; orderCancelUserErrors: UserError[] } | null }
>(
  'ConnectorCancelOrder',
  `mutation ConnectorCancelOrder($id: ID!, $restock: Boolean!, $note: String) {
    orderCancel(orderId: $id, reason: CUSTOMER, restock: $restock, notifyCustomer: false, staffNote: $note,
      refundMethod: { originalPaymentMethodsRefund: false }) {
      job { id }
      orderCancelUserErrors { code field message }
    }
  }`,
);

export const listSubscriptions = query<
  Record<string, never>,
  { webhookSubscriptions: { nodes: { id: string; topic: string; uri: string }[] } }
>(
  'ConnectorSubscriptions',
  `query ConnectorSubscriptions { webhookSubscriptions(first: 100) { nodes { id topic uri } } }`,
);

export const createSubscription = mutation<
  { topic: string; uri: string },
  {
    webhookSubscriptionCreate: { webhookSubscription: { id: string } | null; userErrors: UserError[] } | null;
  }
>(
  'ConnectorSubscribe',
  `mutation ConnectorSubscribe($topic: WebhookSubscriptionTopic!, $uri: String!) {
    webhookSubscriptionCreate(topic: $topic, webhookSubscription: { uri: $uri, format: JSON }) {
      webhookSubscription { id }
      userErrors { field message }
    }
  }`,
);
