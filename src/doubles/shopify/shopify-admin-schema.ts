import { readFileSync } from 'node:fs';
import {
  buildSchema,
  execute,
  Kind,
  parse,
  validate,
  type DocumentNode,
  type ExecutionResult,
  type GraphQLSchema,
} from 'graphql';
import { createOrderIn, type OrderInput } from './shopify-order-create.js';
import { isFound, parseSearch } from './shopify-search.js';
import {
  addVariant,
  amountOf,
  cancelOrderIn,
  type Fulfillment,
  type Order,
  type StoreState,
} from './shopify-state.js';

/** The version that the double speaks. */
export const DOUBLE_VERSION = '2026-10';

// Not copied by the compiler: the double runs from a checkout only.
const FILE = new URL(`../../../../src/doubles/shopify/admin-${DOUBLE_VERSION}.graphql`, import.meta.url);

let known: GraphQLSchema | null = null;

export function adminSchema(): GraphQLSchema {
  return (known ??= buildSchema(readFileSync(FILE, 'utf8')));
}

/** What a token may do, by field of a query or mutation: Shopify's documents of each. */
const SCOPES: Readonly<Record<string, string>> = {
  orders: 'read_orders',
  order: 'read_orders',
  orderCreate: 'write_orders',
  orderCancel: 'write_orders',
  productVariants: 'read_products',
};

/** @returns the parsed operation, or Shopify's answer about what is wrong with it */
export function checkOperation(text: string): { document: DocumentNode } | { errors: { message: string }[] } {
  try {
    const document = parse(text);
    const errors = validate(adminSchema(), document);
    return errors.length > 0
      ? { errors: errors.map(({ message }) => ({ message, extensions: { code: 'undefinedField' } })) }
      : { document };
  } catch (error) {
    return { errors: [{ message: error instanceof Error ? error.message : String(error) }] };
  }
}

/** Names of the fields of the root that an operation asks for. */
export function rootFieldsOf(document: DocumentNode): string[] {
  return document.definitions.flatMap((definition) =>
    definition.kind === Kind.OPERATION_DEFINITION
      ? definition.selectionSet.selections.flatMap((one) => (one.kind === Kind.FIELD ? one.name.value : []))
      : [],
  );
}

/** The first field that needs a scope which is not there. */
export function deniedBy(
  document: DocumentNode,
  scopes: readonly string[],
): { field: string; scope: string } | null {
  for (const field of rootFieldsOf(document)) {
    const scope = SCOPES[field];
    const isIncluded = scope && scopes.includes(scope.replace('read_', 'write_'));
    if (scope && !scopes.includes(scope) && !isIncluded) return { field, scope };
  }
  return null;
}

export interface Session {
  state: StoreState;
  scopes: readonly string[];
  knowsAnySku: boolean;
  /** Told of what has changed, as webhooks name it. */
  changed: (topic: string, body: object) => void;
}

export async function runOperation(
  session: Session,
  document: DocumentNode,
  variables: Record<string, unknown>,
): Promise<ExecutionResult> {
  return execute({
    schema: adminSchema(),
    document,
    rootValue: rootOf(session),
    variableValues: variables,
  });
}

interface ListArguments {
  first?: number;
  after?: string | null;
  query?: string | null;
  sortKey?: string;
}

function rootOf({ state, scopes, knowsAnySku, changed }: Session): object {
  return {
    shop: {
      id: 'gid://shopify/Shop/1',
      name: state.name,
      myshopifyDomain: state.domain,
      currencyCode: state.currency,
    },
    currentAppInstallation: { accessScopes: scopes.map((handle) => ({ handle })) },
    publicApiVersions: [
      { handle: '2026-07', supported: true },
      { handle: DOUBLE_VERSION, supported: true },
      { handle: 'unstable', supported: false },
    ],
    productVariants(list: ListArguments) {
      if (knowsAnySku) addMissing(state, list.query);
      return pageOf(
        found(state.variants, list.query, (variant, field) => (field === 'sku' ? variant.sku : null)),
        list,
      );
    },
    orders: (list: ListArguments) => {
      const orders = found(state.orders, list.query, orderField);
      const sorted =
        list.sortKey === 'UPDATED_AT'
          ? orders.toSorted((a, b) => a.updatedAt.localeCompare(b.updatedAt) || a.id.localeCompare(b.id))
          : orders;
      return pageOf(sorted.map(showOrder), list);
    },
    order: ({ id }: { id: string }) => {
      const order = state.orders.find((one) => one.id === id);
      return order ? showOrder(order) : null;
    },
    orderCreate({ order, options }: { order: OrderInput; options?: { inventoryBehaviour?: 'BYPASS' } }) {
      const made = createOrderIn(state, order, options?.inventoryBehaviour ?? 'BYPASS');
      if ('refused' in made) return { order: null, userErrors: made.refused };
      changed('ORDERS_CREATE', restOrder(made));
      return { order: showOrder(made), userErrors: [] };
    },
    orderCancel({ orderId, reason, restock }: { orderId: string; reason: string; restock: boolean }) {
      const order = state.orders.find(({ id }) => id === orderId);
      if (!order) return refusedCancel('NOT_FOUND', 'Order does not exist');
      const problem = cancelOrderIn(state, order, { reason, restock });
      if (problem) return refusedCancel('INVALID', problem);
      changed('ORDERS_CANCELLED', restOrder(order));
      return { job: { id: state.nextId('Job') }, orderCancelUserErrors: [], userErrors: [] };
    },
    webhookSubscriptions: (list: ListArguments) => pageOf(state.subscriptions, list),
    webhookSubscriptionCreate({
      topic,
      webhookSubscription: { uri },
    }: {
      topic: string;
      webhookSubscription: { uri: string };
    }) {
      if (state.subscriptions.some((one) => one.topic === topic && one.uri === uri)) {
        const message = 'Address for this topic has already been taken';
        return {
          webhookSubscription: null,
          userErrors: [{ field: ['webhookSubscription', 'uri'], message }],
        };
      }
      const subscription = { id: state.nextId('WebhookSubscription'), topic, uri };
      state.subscriptions.push(subscription);
      return { webhookSubscription: subscription, userErrors: [] };
    },
  };
}

function addMissing(state: StoreState, query: string | null | undefined): void {
  for (const { field, value } of parseSearch(query ?? '').flat())
    if (field === 'sku' && !state.variants.some(({ sku }) => sku === value))
      addVariant(state, { sku: value, available: 100 });
}

function refusedCancel(code: string, message: string): object {
  return { job: null, orderCancelUserErrors: [{ code, field: ['orderId'], message }], userErrors: [] };
}

function orderField(order: Order, field: string): string | readonly string[] | null {
  switch (field) {
    case 'source_identifier':
      return order.sourceIdentifier;
    case 'po_number':
      return order.poNumber;
    case 'updated_at':
      return order.updatedAt;
    case 'tag':
      return order.tags;
    default:
      return null;
  }
}

function found<Item>(
  items: readonly Item[],
  query: string | null | undefined,
  valueOf: (item: Item, field: string) => string | readonly string[] | null,
): Item[] {
  if (!query) return [...items];
  const search = parseSearch(query);
  return items.filter((item) => isFound(search, (field) => valueOf(item, field)));
}

/** Cursors are places in the list, which is enough where nothing is taken out. */
function pageOf(items: readonly object[], { first = 50, after }: ListArguments): object {
  const from = after ? Number(after) : 0;
  const nodes = items.slice(from, from + first);
  const end = from + nodes.length;
  return {
    nodes,
    pageInfo: { hasNextPage: end < items.length, endCursor: nodes.length > 0 ? String(end) : null },
  };
}

function showOrder(order: Order): object {
  return {
    ...order,
    totalPriceSet: { shopMoney: { amount: amountOf(order.total), currencyCode: order.currency } },
    fulfillments: ({ first = 100 }: { first?: number }) =>
      order.fulfillments.slice(0, first).map(showFulfillment),
  };
}

function showFulfillment(fulfillment: Fulfillment): object {
  const { tracking, lines } = fulfillment;
  return {
    ...fulfillment,
    trackingInfo: ({ first = 10 }: { first?: number }) => tracking.slice(0, first),
    fulfillmentLineItems: (list: ListArguments) => pageOf(lines, list),
  };
}

/** A webhook's body has the shape of the retired REST API. */
export function restOrder(order: Order): object {
  return {
    id: Number(lastPart(order.id)),
    admin_graphql_api_id: order.id,
    name: order.name,
    source_identifier: order.sourceIdentifier,
    cancelled_at: order.cancelledAt,
    updated_at: order.updatedAt,
  };
}

export function restFulfillment({ id, order, status, tracking, lines, updatedAt }: Fulfillment): object {
  return {
    id: Number(lastPart(id)),
    admin_graphql_api_id: id,
    order_id: Number(lastPart(order.id)),
    status: status.toLowerCase(),
    tracking_company: tracking[0]?.company ?? null,
    tracking_number: tracking[0]?.number ?? null,
    tracking_numbers: tracking.flatMap(({ number }) => number ?? []),
    tracking_urls: tracking.flatMap(({ url }) => url ?? []),
    updated_at: updatedAt,
    line_items: lines.map(({ lineItem, quantity }) => ({
      id: Number(lastPart(lineItem.id)),
      sku: lineItem.sku,
      quantity,
    })),
  };
}

function lastPart(gid: string): string {
  return gid.slice(gid.lastIndexOf('/') + 1);
}
