import { randomBytes } from 'node:crypto';

import type { FastifyInstance, FastifyReply } from 'fastify';

import { allScopes, type SimulatorApp } from '../options.js';
import type { Seller } from '../state/model.js';
import { regionCodes, regionOf } from '../state/regions.js';
import { shopsOfSeller, type World } from '../state/world.js';
import { authorize } from './authorizations.js';
import { html, pageHeaders, renderPage, styleSheet, STYLE_PATH, type Html, type Page } from './html.js';

interface LogIn {
  app: SimulatorApp;
  seller: Seller;
  state: string | undefined;
}

interface FromQuery {
  Querystring: { service_id?: string; app_key?: string; region?: string; state?: string };
}

const LOG_INS_KEPT = 1000;

/**
 * The seller's side of connecting: region, log-in, consent, redirect. Works with plain forms, without scripts and
 * cookies; the log-in is carried by a one-time value in the form.
 */
export function registerAuthorizePages(server: FastifyInstance, currentWorld: () => World): void {
  const logIns = new Map<string, LogIn>();

  server.get(STYLE_PATH, (_request, reply) => reply.type('text/css; charset=utf-8').send(styleSheet));

  server.get<FromQuery>('/open/authorize', ({ query }, reply) =>
    start(reply, appByService(currentWorld(), query.service_id), query.state),
  );
  // UNCONFIRMED that the retired link still works; older SDKs build it.
  server.get<FromQuery>('/oauth/authorize', ({ query }, reply) =>
    start(reply, currentWorld().apps.get(query.app_key ?? ''), query.state),
  );

  server.get<FromQuery>('/open/authorize/login', ({ query }, reply) => {
    const world = currentWorld();
    const app = appByService(world, query.service_id);
    const region = query.region ?? '';
    if (app === undefined) return send(reply, unknownServicePage(), 404);
    if (!regionCodes.includes(region)) return send(reply, regionPage(app, query.state), 400);
    return send(reply, logInPage(world, app, region, query.state));
  });

  server.post('/open/authorize/login', (request, reply) => {
    const form = formOf(request.body);
    const world = currentWorld();
    const app = appByService(world, form.get('service_id') ?? undefined);
    if (app === undefined) return send(reply, unknownServicePage(), 404);
    const state = form.get('state') ?? undefined;
    const region = form.get('region') ?? 'US';
    const seller = sellerFor(world, form, region);
    if (seller === undefined)
      return send(
        reply,
        logInPage(
          world,
          app,
          region,
          state,
          'Account or password is wrong, or it is an account of another market.',
        ),
        401,
      );
    const ticket = randomBytes(24).toString('base64url');
    logIns.set(ticket, { app, seller, state });
    const [oldest] = logIns.keys();
    if (logIns.size > LOG_INS_KEPT && oldest !== undefined) logIns.delete(oldest);
    return send(reply, consentPage(world, { app, seller, state }, ticket));
  });

  server.post('/open/authorize/confirm', (request, reply) => {
    const form = formOf(request.body);
    const logIn = logIns.get(form.get('ticket') ?? '');
    logIns.delete(form.get('ticket') ?? '');
    if (logIn === undefined) return send(reply, expiredPage(), 400);
    const accepted = form.get('decision') === 'install';
    return reply
      .header('cache-control', 'no-store')
      .redirect(redirectTarget(currentWorld(), logIn, accepted), 302);
  });
}

function start(reply: FastifyReply, app: SimulatorApp | undefined, state: string | undefined): FastifyReply {
  return app === undefined ? send(reply, unknownServicePage(), 404) : send(reply, regionPage(app, state));
}

/** Where the browser goes after the seller's decision. Also used by the control API, which skips the pages. */
export function redirectTarget(world: World, logIn: LogIn, accepted: boolean): string {
  const target = new URL(logIn.app.redirectUrl);
  const add = (name: string, value: string): void => target.searchParams.append(name, value);
  if (accepted) {
    add('app_key', logIn.app.appKey);
    add('code', authorize(world, logIn.app, logIn.seller));
    add('locale', 'en');
    add('shop_region', logIn.seller.baseRegion);
  } else {
    add('code', 'null');
    add('error', world.behaviour.refusalError);
  }
  if (logIn.state !== undefined) add('state', logIn.state);
  return target.href;
}

function appByService(world: World, serviceId: string | undefined): SimulatorApp | undefined {
  return [...world.apps.values()].find((app) => app.serviceId === serviceId);
}

/** The account of that market: TikTok's accounts of one market are unknown in another one. */
function sellerFor(world: World, form: URLSearchParams, region: string): Seller | undefined {
  const email = (form.get('email') ?? '').trim().toLowerCase();
  const seller = [...world.sellers.values()].find((candidate) => candidate.email.toLowerCase() === email);
  if (seller === undefined || seller.password !== form.get('password')) return undefined;
  return marketsOf(world, seller).includes(region) ? seller : undefined;
}

function marketsOf(world: World, seller: Seller): string[] {
  return [seller.baseRegion, ...shopsOfSeller(world, seller.openId).map((shop) => shop.region.code)];
}

function formOf(body: unknown): URLSearchParams {
  return new URLSearchParams(Buffer.isBuffer(body) ? body.toString('utf8') : '');
}

function send(reply: FastifyReply, page: Page, status = 200): FastifyReply {
  return reply.code(status).headers(pageHeaders(page)).send(renderPage(page));
}

function hidden(fields: Record<string, string | undefined>): Html[] {
  return Object.entries(fields).flatMap(([name, value]) =>
    value === undefined ? [] : [html`<input type="hidden" name="${name}" value="${value}" />`],
  );
}

function unknownServicePage(): Page {
  return {
    title: 'The service does not exist',
    body: html`<p class="error">No app has this service id.</p>
      <p>
        The link needs the app's <code>service_id</code> from Partner Center, which is not its
        <code>app_key</code>.
      </p>`,
  };
}

function expiredPage(): Page {
  return {
    title: 'Please start again',
    body: html`<p class="error">This log-in was used already or is too old.</p>
      <p>Go back to the app and connect once more.</p>`,
  };
}

function regionPage(app: SimulatorApp, state: string | undefined): Page {
  const others = regionCodes.filter((code) => code !== 'US');
  return {
    title: 'Select the market of your shop',
    body: html`<p><strong>${app.name}</strong> asks for access to your TikTok Shop.</p>
      <form method="get" action="/open/authorize/login">
        ${hidden({ service_id: app.serviceId, state })}
        <label
          >Market
          <select name="region">
            <optgroup label="United States">${regionOption('US')}</optgroup>
            <optgroup label="Other markets">${others.map(regionOption)}</optgroup>
          </select></label
        >
        <button>Continue</button>
      </form>`,
  };
}

function regionOption(code: string): Html {
  return html`<option value="${code}">${regionOf(code).country}</option>`;
}

function logInPage(
  world: World,
  app: SimulatorApp,
  region: string,
  state: string | undefined,
  error = '',
): Page {
  const accounts = [...world.sellers.values()].filter((seller) => marketsOf(world, seller).includes(region));
  const rows = accounts.map(
    (seller) =>
      html`<tr>
        <td>${seller.name}</td>
        <td><code>${seller.email}</code></td>
        <td><code>${seller.password}</code></td>
      </tr>`,
  );
  return {
    title: `Log in to Seller Center (${regionOf(region).country})`,
    body: html`<p class="error" role="alert">${error}</p>
      <form method="post" action="/open/authorize/login">
        ${hidden({ service_id: app.serviceId, state, region })}
        <label
          >E-mail
          <input
            name="email"
            type="email"
            autocomplete="username"
            required
            value="${accounts[0]?.email ?? ''}"
        /></label>
        <label
          >Password <input name="password" type="password" autocomplete="current-password" required
        /></label>
        <button>Log in</button>
      </form>
      <h2>Accounts of the simulator</h2>
      <table>
        <tr>
          <th>Seller</th>
          <th>E-mail</th>
          <th>Password</th>
        </tr>
        ${rows}
      </table>`,
  };
}

function consentPage(world: World, logIn: LogIn, ticket: string): Page {
  const { app, seller } = logIn;
  const shops = shopsOfSeller(world, seller.openId).map(
    (shop) => html`<li>${shop.name} (${shop.region.code})</li>`,
  );
  const scopes = (app.scopes ?? allScopes).map((scope) => html`<li><code>${scope}</code></li>`);
  return {
    title: `Install ${app.name}?`,
    formTargets: [new URL(app.redirectUrl).origin],
    body: html`<p>You are logged in as <strong>${seller.name}</strong>.</p>
      <p>The app will have access to these shops:</p>
      <ul>
        ${shops}
      </ul>
      <p>with these permissions:</p>
      <ul>
        ${scopes}
      </ul>
      <form method="post" action="/open/authorize/confirm">
        ${hidden({ ticket })}
        <button name="decision" value="install">Install and authorize</button>
        <button class="quiet" name="decision" value="refuse">Cancel</button>
      </form>`,
  };
}
