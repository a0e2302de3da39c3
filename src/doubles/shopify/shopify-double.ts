import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { costBucket, costOf } from './shopify-cost.js';
import type { Fault, ShopifyDouble } from './double-of-shopify.js';
import { actOf } from './shopify-control.js';
import { hookSender } from './shopify-hooks.js';
import {
  checkOperation,
  deniedBy,
  DOUBLE_VERSION,
  restFulfillment,
  restOrder,
  rootFieldsOf,
  runOperation,
} from './shopify-admin-schema.js';
import * as store from './shopify-state.js';

interface DoubleOptions {
  domain?: string;
  token?: string;
  /** Signs webhooks: the app's client secret. */
  secret?: string;
  scopes?: string[];
  currency?: string;
  clock?: () => Date;
  bucket?: { maximumAvailable?: number; restoreRate?: number };
  port?: number;
  /** A variant that somebody looks for comes into being, for whom it is no matter which goods there are. */
  knowsAnySku?: boolean;
}

const CONTROL = '/_control/';
const ALL_SCOPES = ['write_orders', 'read_products', 'read_fulfillments', 'read_inventory', 'read_locations'];

/**
 * A Shopify store on this machine: the GraphQL Admin API of one version with orders, fulfilments, variants, webhooks and the
 * cost bucket. Every call is validated against Shopify's own schema before it is carried out.
 */
export async function startShopifyDouble(options: DoubleOptions = {}): Promise<ShopifyDouble> {
  const { domain = 'double.myshopify.com', secret = 'double-client-secret' } = options;
  const state = store.emptyStore({ domain, ...options });
  const hooks = hookSender(state, { secret, version: DOUBLE_VERSION });
  let token: string | null = options.token ?? 'shpat_double';
  let scopes = options.scopes ?? ALL_SCOPES;
  const faults: Fault[] = [];
  const bucket = costBucket(options.bucket);
  const calls: string[] = [];
  const malformed: string[] = [];

  const faultOf = (fields: readonly string[]): Fault['kind'] | null => {
    const fault = faults.find(({ field, times }) => times > 0 && fields.includes(field));
    if (!fault) return null;
    fault.times -= 1;
    return fault.kind;
  };

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await textOf(request);
    if (request.url?.startsWith(CONTROL)) {
      const { method = 'GET', url } = request;
      const done = actOf(double, { method, path: url.slice(CONTROL.length), body });
      return answer(response, done ? 200 : 404, done?.answer ?? { errors: 'Not Found' });
    }
    if (request.url !== `/admin/api/${DOUBLE_VERSION}/graphql.json`)
      return answer(response, 404, { errors: 'Not Found' });
    if (token === null || request.headers['x-shopify-access-token'] !== token) {
      const errors = '[API] Invalid API key or access token (unrecognized login or wrong password)';
      return answer(response, 401, { errors });
    }
    const { query, variables = {} } = JSON.parse(body) as {
      query: string;
      variables?: Record<string, unknown>;
    };
    const checked = checkOperation(query);
    if ('errors' in checked) {
      malformed.push(...checked.errors.map(({ message }) => message));
      return answer(response, 200, { errors: checked.errors });
    }
    const { document } = checked;
    const fields = rootFieldsOf(document);
    calls.push(...fields);
    const fault = faultOf(fields);
    if (fault === 'unavailable') return answer(response, 503, { errors: 'Service Unavailable' });
    const requestedQueryCost = costOf(document);
    const { isGranted, status } = bucket.take(fault === 'throttled' ? Infinity : requestedQueryCost);
    const extensions = {
      cost: {
        requestedQueryCost,
        actualQueryCost: isGranted ? requestedQueryCost : null,
        throttleStatus: status,
      },
    };
    if (!isGranted) {
      const documentation = 'https://shopify.dev/api/usage/rate-limits';
      const errors = [{ message: 'Throttled', extensions: { code: 'THROTTLED', documentation } }];
      return answer(response, 200, { errors, extensions });
    }
    const denied = deniedBy(document, scopes);
    if (denied) {
      const { field, scope } = denied;
      const message = `Access denied for ${field} field. Required access: \`${scope}\` access scope.`;
      return answer(response, 200, {
        errors: [{ message, extensions: { code: 'ACCESS_DENIED' }, path: [field] }],
        data: null,
        extensions,
      });
    }
    const session = {
      state,
      scopes,
      knowsAnySku: options.knowsAnySku ?? false,
      changed: hooks.send.bind(hooks),
    };
    const result = await runOperation(session, document, variables);
    malformed.push(...(result.errors ?? []).map(({ message }) => message));
    if (fault === 'lost') return void response.destroy();
    answer(response, 200, { ...result, extensions });
  }

  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => answer(response, 500, { errors: String(error) }));
  });
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  const double: ShopifyDouble = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    state,
    bucket,
    hooks,
    calls,
    malformed,
    fault: (fault) => void faults.push(fault),
    revokeToken: () => void (token = null),
    setScopes: (wanted) => void (scopes = wanted),
    giveToken: (given) => void (token = given),
    fulfill(order, what = {}) {
      const fulfillment = store.fulfill(state, order, what);
      hooks.send('FULFILLMENTS_CREATE', restFulfillment(fulfillment));
      return fulfillment;
    },
    setTracking(fulfillment, tracking) {
      fulfillment.tracking = tracking.map(store.wholeTracking);
      fulfillment.updatedAt = state.now();
      fulfillment.order.updatedAt = fulfillment.updatedAt;
      hooks.send('FULFILLMENTS_UPDATE', restFulfillment(fulfillment));
    },
    cancelFulfillment(fulfillment) {
      store.cancelFulfillment(state, fulfillment);
      hooks.send('FULFILLMENTS_UPDATE', restFulfillment(fulfillment));
    },
    cancelOrder(order, reason = 'CUSTOMER') {
      const problem = store.cancelOrderIn(state, order, { reason, restock: true });
      if (problem) throw new Error(problem);
      hooks.send('ORDERS_CANCELLED', restOrder(order));
    },
    async close() {
      await hooks.settled();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
  return double;
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body));
}
