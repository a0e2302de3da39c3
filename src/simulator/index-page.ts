import type { FastifyInstance } from 'fastify';

import { html, pageHeaders, renderPage, type Html, type Page } from './oauth/html.js';
import { shopsOfSeller, type World } from './state/world.js';

const ROWS_SHOWN = 20;

/** The front page: what this is, who can log in, where to go. */
export function registerIndexPage(server: FastifyInstance, currentWorld: () => World): void {
  server.get('/', (_request, reply) => {
    const page = indexPage(currentWorld());
    return reply.headers(pageHeaders(page)).send(renderPage(page));
  });
}

function indexPage(world: World): Page {
  const sellers = [...world.sellers.values()].map((seller) => {
    const shops = shopsOfSeller(world, seller.openId).map(
      (shop) => `${shop.name} (${shop.region.code}), ${shop.book.size} orders`,
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
          <th></th>
          <th>Redirect URL</th>
        </tr>
        ${apps}
      </table>
      <h2>Orders</h2>
      <table>
        <tr>
          <th>Shop</th>
          <th>Order</th>
          <th>Status</th>
        </tr>
        ${newestOrders(world)}
      </table>
      <h2>What it received</h2>
      <table>
        <tr>
          <th>What</th>
          <th>Order</th>
          <th>Tracking number</th>
        </tr>
        ${newestEffects(world)}
      </table>
      <h2>Steering it</h2>
      <ul>
        <li><a href="/_control/docs">Control API</a>: shops, orders, clock, faults, what was received</li>
        <li><a href="/_control/health">Health</a></li>
      </ul>
      <p>Simulated time: <code>${new Date(world.clock.nowMs()).toISOString()}</code></p>`,
  };
}

function newestOrders(world: World): Html[] {
  return [...world.shops.values()].flatMap((shop) =>
    shop.book
      .sorted('create_time')
      .slice(-ROWS_SHOWN)
      .toReversed()
      .map(
        ({ id, status }) =>
          html`<tr>
            <td>${shop.name}</td>
            <td><code>${id}</code></td>
            <td>${status}</td>
          </tr>`,
      ),
  );
}

function newestEffects(world: World): Html[] {
  return world.effects
    .slice(-ROWS_SHOWN)
    .toReversed()
    .map(
      ({ kind, orderId, trackingNumber }) =>
        html`<tr>
          <td>${kind}</td>
          <td><code>${orderId}</code></td>
          <td><code>${trackingNumber}</code></td>
        </tr>`,
    );
}
