import type { FastifyInstance } from 'fastify';

import { actButtons, productActButtons } from './acts-page.js';
import type { LoggedRequest, RequestLog } from './control/request-log.js';
import { html, pageHeaders, renderPage, type Html, type Page } from './oauth/html.js';
import { visibleStatus } from './orders/render-order.js';
import { cancelsOf, returnsOf } from './state/cases.js';
import type { Order } from './state/model.js';
import { cipherOf, shopsOfSeller, type Shop, type World } from './state/world.js';

/** A page is for looking; lists of any length are at the control API. */
const ORDERS_SHOWN = 20;
const CALLS_SHOWN = 20;
const PRODUCTS_SHOWN = 15;

/** The front page: what this is, who can log in, what was sold and shipped lately, where to go. */
export function registerIndexPage(
  server: FastifyInstance,
  currentWorld: () => World,
  requests: RequestLog,
): void {
  server.get('/', (_request, reply) => {
    const page = indexPage(currentWorld(), requests);
    return reply.headers(pageHeaders(page)).send(renderPage(page));
  });
}

function indexPage(world: World, requests: RequestLog): Page {
  const sellers = [...world.sellers.values()].map((seller) => {
    const shops = shopsOfSeller(world, seller.openId).map(
      (shop) =>
        `${shop.name} (${shop.region.code}), ${shop.book.size} orders, ${shop.catalogue.size} products`,
    );
    return html`<tr>
      <td>${seller.name}</td>
      <td><code>${seller.email}</code></td>
      <td><code>${seller.password}</code></td>
      <td>${shops.join('; ')}</td>
    </tr>`;
  });
  const apps = [...world.apps.values()].map(
    (app) =>
      html`<tr>
        <td>${app.name}</td>
        <td><code>${app.appKey}</code></td>
        <td><code>${app.appSecret}</code></td>
        <td><code>${app.serviceId}</code></td>
        <td>
          <a href="/open/authorize?service_id=${encodeURIComponent(app.serviceId)}&amp;state=try"
            >authorize</a
          >
        </td>
        <td><code>${app.redirectUrl}</code></td>
      </tr>`,
  );
  return {
    title: 'TikTok Shop simulator',
    body: html`<p>
        Speaks TikTok Shop's API (202309 and later) as its documents describe it: authorization pages, tokens,
        signed calls. It holds invented shops and forgets them on restart unless it was given a state file.
      </p>
      <h2>Sellers</h2>
      <table>
        <tr>
          <th>Seller</th>
          <th>E-mail</th>
          <th>Password</th>
          <th>Shops</th>
        </tr>
        ${sellers}
      </table>
      <h2>Apps</h2>
      <table>
        <tr>
          <th>App</th>
          <th>Key</th>
          <th>Secret</th>
          <th>Service id</th>
          <th></th>
          <th>Redirect URL</th>
        </tr>
        ${apps}
      </table>
      <h2>Shops</h2>
      <table>
        <tr>
          <th>Shop</th>
          <th>Id</th>
          <th><code>shop_cipher</code> of each app</th>
        </tr>
        ${[...world.shops.values()].map((shop) => shopRow(world, shop))}
      </table>
      <h2>Orders</h2>
      ${[...world.shops.values()].map((shop) => ordersOf(world, shop))}
      <h2>Products</h2>
      ${[...world.shops.values()].map((shop) => productsOf(shop))}
      <h2>The last calls</h2>
      <table class="wide">
        <tr>
          <th>At</th>
          <th>Call</th>
          <th>Code</th>
          <th>Message</th>
          <th>Refused by</th>
        </tr>
        ${requests.list({ limit: CALLS_SHOWN }).toReversed().map(callRow)}
      </table>
      <h2>Steering it</h2>
      <ul>
        <li><a href="/coverage">What is simulated</a>, and what is not</li>
        <li><a href="/_control/docs">Control API</a>: shops, orders, clock, faults, what was received</li>
        <li><a href="/_control/health">Health</a></li>
      </ul>
      <p>Simulated time: <code>${new Date(world.clock.nowMs()).toISOString()}</code></p>`,
  };
}

function shopRow(world: World, shop: Shop): Html {
  const ciphers = [...world.apps.keys()].map((key) => html`<code>${cipherOf(world, key, shop)}</code> `);
  return html`<tr>
    <td>${shop.name} (${shop.region.code})</td>
    <td><code class="id">${shop.id}</code></td>
    <td>${ciphers}</td>
  </tr>`;
}

function callRow(call: LoggedRequest): Html {
  return html`<tr>
    <td>${call.at.slice(11, 19)}</td>
    <td>${call.method} <code>${call.path}</code></td>
    <td>${call.code}</td>
    <td>${call.code === 0 ? '' : call.message}</td>
    <td>${call.refusedBy ?? ''}</td>
  </tr>`;
}

function ordersOf(world: World, shop: Shop): Html {
  const newest = shop.book.sorted('create_time').slice(-ORDERS_SHOWN).toReversed();
  const left = shop.book.size - newest.length;
  return html`<h3>${shop.name} (${shop.region.code})</h3>
    <table class="wide">
      <tr>
        <th>Order</th>
        <th>Status</th>
        <th>Pieces</th>
        <th>Tracking numbers</th>
        <th>Cancellations and returns</th>
        <th></th>
      </tr>
      ${newest.map((order) => orderRow(world, shop, order))}
    </table>
    <p>${left > 0 ? `and ${left} older ones` : ''}</p>`;
}

/** Those that changed last. */
function productsOf(shop: Shop): Html {
  const newest = shop.catalogue.sortedByUpdate().slice(-PRODUCTS_SHOWN).toReversed();
  return html`<h3>${shop.name} (${shop.region.code})</h3>
    <table class="wide">
      <tr>
        <th>Product</th>
        <th>Title</th>
        <th>Status</th>
        <th>Audit</th>
        <th>SKUs</th>
        <th></th>
      </tr>
      ${newest.map(
        (product) =>
          html`<tr>
            <td><code class="id">${product.id}</code></td>
            <td>${product.title}</td>
            <td>${product.status}</td>
            <td>${product.audit}</td>
            <td>${product.skus.map(({ sellerSku }) => sellerSku).join(', ')}</td>
            <td>${productActButtons(product)}</td>
          </tr>`,
      )}
    </table>`;
}

function orderRow(world: World, shop: Shop, order: Order): Html {
  const pieces = new Map<string, number>();
  for (const { sku } of order.units) pieces.set(sku.sellerSku, (pieces.get(sku.sellerSku) ?? 0) + 1);
  const numbers = order.packageIds.flatMap((id) => shop.packages.get(id)?.trackingNumber || []);
  const cases = [...cancelsOf(world, order), ...returnsOf(world, order)];
  return html`<tr>
    <td><code class="id">${order.id}</code></td>
    <td>${visibleStatus(world, order)}</td>
    <td>${[...pieces].map(([sku, count]) => `${count} × ${sku}`).join(', ')}</td>
    <td>${numbers.join(', ')}</td>
    <td>${cases.map(({ type, status }) => `${type}: ${status}`).join(', ')}</td>
    <td>${actButtons(order)}</td>
  </tr>`;
}
