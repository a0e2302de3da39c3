import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { listCompanies } from '../companies/company-store.js';
import { mayReach } from '../companies/permissions.js';
import { findAuthorization } from '../connections/authorization-store.js';
import type { Connection } from '../connections/connection.js';
import { getConnection, listConnections } from '../connections/connection-store.js';
import { baseUrlChoices, changeServer, createConnection } from '../connections/manage-connection.js';
import { acceptOtherSeller, declineOtherSeller, keepConsent } from '../connections/seller-consent.js';
import { getShops, saveShop, type ShopOffer } from '../connections/shops.js';
import { listBudgets } from '../sync/budgets/list-budgets.js';
import { listShopLimits } from '../sync/budgets/shop-limits.js';
import { waitingOfConnection } from '../sync/effects/waiting-effects.js';
import { connectionList } from './connection-list.js';
import { beforeYouStart, connectionPage } from './connection-page.js';
import { isUsField, serverFields } from './connection-steps.js';
import { readForm, readId } from './forms.js';
import { html } from './html.js';
import { csrfField, notice } from './layout.js';
import { CALLBACK_PATH, type Oauth } from './oauth.js';
import type { PortalDeps } from './portal-deps.js';
import { companiesInReach } from './reach.js';
import { sendPage } from './send-page.js';
import { actorOf, requireSession } from './session-guard.js';

/** What the page says after a redirect. Only these texts: a link cannot put words into the page. */
const doneTexts: Record<string, string> = {
  created: 'Created. Go on with Connect.',
  connected: 'TikTok has authorised the connection. Go on with Get Shops.',
  reconnected: 'Connected again. Schedules go on where they stopped.',
  saved: 'Saved. The shop is connected and its schedules run.',
  renamed: 'Renamed.',
  settings: 'Settings saved.',
  paused: 'Paused.',
  resumed: 'Resumed.',
  closed: 'Closed.',
  seller: 'The connection belongs to the new seller now.',
  kept: 'The connection keeps its seller.',
  asked: 'TikTok is asked again; reload the page in a moment to see what it said.',
  decided: 'Decided. What is left to do, a worker does within seconds.',
};

/** The pages on which a shop is connected: list, new connection, and the steps of one connection. */
export function registerConnectionRoutes(app: FastifyInstance, deps: PortalDeps, oauth: Oauth): void {
  app.get('/connections', async (request, reply) => {
    const session = requireSession(request);
    const by = actorOf(request);
    const companies = await companiesInReach(deps.db.prisma, by);
    const connections = (await listConnections(deps.db.prisma)).filter(({ companyId }) =>
      mayReach(by, companyId),
    );
    const flows = await Promise.all(companies.map(({ id }) => deps.listFlows(id)));
    const body = connectionList({ session, companies, connections, flows: flows.flat() });
    const actions = html`<a class="button" href="/connections/new">Connect a shop</a>`;
    return sendPage(reply, { title: 'Connections', session, body, actions });
  });

  app.get('/connections/new', (request, reply) => showNewConnection(deps, request, reply));

  app.post('/connections', async (request, reply) => {
    const form = readForm(request.body);
    const connection = await createConnection(deps, {
      by: actorOf(request),
      companyId: readId(request.body, 'companyId'),
      name: form('name'),
      baseUrl: form('baseUrl'),
      isUs: form('isUs') === 'yes',
    });
    return backTo(reply, connection.id, 'created');
  });

  app.get('/connections/:id', (request, reply) => showConnection(deps, request, reply, null));

  app.get('/connections/:id/shops', async (request, reply) => {
    const shops = await getShops(deps, { connectionId: readId(request.params) });
    return showConnection(deps, request, reply, shops);
  });

  app.post('/connections/:id/connect', async (request, reply) => {
    const form = readForm(request.body);
    const connection = await changeServer(deps, {
      by: actorOf(request),
      connectionId: readId(request.params),
      baseUrl: form('baseUrl'),
      isUs: form('isUs') === 'yes',
    });
    return reply.redirect(await oauth.start(request, reply, connection), 303);
  });

  // Open: a browser that is not logged in gets an explanation here, not a detour that would use the answer up.
  app.get(CALLBACK_PATH, async (request, reply) => {
    const consent = await keepConsent(deps, {
      ...(await oauth.finish(request, reply)),
      by: actorOf(request),
    });
    const { connectionId, previousSeller } = consent;
    const connection = await getConnection(deps.db.prisma, { id: connectionId });
    if (previousSeller === null)
      return backTo(reply, connectionId, connection.shopId === null ? 'connected' : 'reconnected');
    return showOtherSeller(request, reply, {
      connection,
      authorizationId: consent.authorization.id,
      seller: consent.authorization.sellerName ?? 'another account',
      previousSeller,
    });
  });

  app.post('/connections/:id/seller', async (request, reply) => {
    const connectionId = readId(request.params);
    const authorizationId = readId(request.body, 'authorizationId');
    const which = { connectionId, authorizationId, by: actorOf(request) };
    const accepted = readForm(request.body)('decision') === 'use';
    await (accepted ? acceptOtherSeller(deps, which) : declineOtherSeller(deps, which));
    return backTo(reply, connectionId, accepted ? 'seller' : 'kept');
  });

  app.post('/connections/:id/shop', async (request, reply) => {
    const form = readForm(request.body);
    const connectionId = readId(request.params);
    const saved = await saveShop(deps, {
      by: actorOf(request),
      connectionId,
      cipher: form('cipher') || form('picked'),
    });
    if (saved.status === 'active') await runFlowsNow(deps, saved);
    return backTo(reply, connectionId, 'saved');
  });
}

/** Saving has asked for all flows: who has just connected a shop sees its orders at once, not after the next beat. */
async function runFlowsNow(deps: PortalDeps, { id: connectionId, companyId }: Connection): Promise<void> {
  const flows = await deps.listFlows(companyId);
  for (const { id, flow } of flows.filter((line) => line.connectionId === connectionId)) {
    await deps.wakeFlow({ id, lane: flow.lane });
  }
}

/** After a POST: a reload of the page must not repeat it. */
export function backTo(reply: FastifyReply, connectionId: number, done: string): FastifyReply {
  return reply.redirect(`/connections/${connectionId}?done=${done}`, 303);
}

/** @param refused settings that somebody wanted, while another had changed them: the form keeps them, beside what is stored */
export async function showConnection(
  deps: PortalDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  shops: ShopOffer[] | null,
  refused: Record<string, unknown> | null = null,
): Promise<FastifyReply> {
  const session = requireSession(request);
  const connection = await getConnection(deps.db.prisma, { id: readId(request.params) });
  const { authorizationId, environment, shopId } = connection;
  const appKey = deps.tiktok.apps[environment]?.appKey;
  const [authorization, flows, companies, waiting, budgets, shopLimits] = await Promise.all([
    authorizationId === null ? null : findAuthorization(deps.db.prisma, authorizationId),
    deps.listFlows(connection.companyId),
    listCompanies(deps.db.prisma),
    waitingOfConnection(deps.db.prisma, connection.id),
    appKey === undefined || shopId === null ? [] : listBudgets(deps.db.prisma, { appKey, shopId }),
    appKey === undefined || shopId === null ? [] : listShopLimits(deps.db.prisma, { appKey, shopId }),
  ]);
  const done = readForm(request.query)('done');
  const body = connectionPage({
    session,
    connection,
    authorization,
    shops,
    refused,
    waiting,
    flows: flows.filter(({ connectionId }) => connectionId === connection.id),
    budgets,
    shopLimits,
    baseUrls: baseUrlChoices(deps.tiktok),
    companyName: companies.find(({ id }) => id === connection.companyId)?.name ?? '',
    done: Object.hasOwn(doneTexts, done) ? (doneTexts[done] ?? null) : null,
    redirectUrl: `${deps.publicUrl()}${CALLBACK_PATH}`,
  });
  return sendPage(refused ? reply.code(409) : reply, { title: connection.name, session, body });
}

async function showNewConnection(
  deps: PortalDeps,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const session = requireSession(request);
  const companies = await companiesInReach(deps.db.prisma, actorOf(request));
  const redirectUrl = `${deps.publicUrl()}${CALLBACK_PATH}`;
  const body =
    companies.length === 0
      ? notice(
          'warn',
          'There is no company yet that could own a connection.',
          'Create one under Companies and keys.',
        )
      : html`<section>
          <form method="post" action="/connections">
            ${csrfField(session)}
            <div class="field">
              <label for="companyId">Company</label>
              <select id="companyId" name="companyId">
                ${companies.map(({ id, name }) => html`<option value="${id}">${name} (${id})</option>`)}
              </select>
            </div>
            <div class="field">
              <label for="name">Name</label>
              <p class="hint" id="nameHint">How you want to call the shop here.</p>
              <input type="text" id="name" name="name" maxlength="100" aria-describedby="nameHint" required />
            </div>
            ${serverFields(baseUrlChoices(deps.tiktok), null)} ${isUsField({ isUs: false })}
            <button>Create</button>
          </form>
        </section>`;
  const page = html`${body} ${beforeYouStart(redirectUrl)}`;
  return sendPage(reply, { title: 'Connect a shop', session, body: page });
}

function showOtherSeller(
  request: FastifyRequest,
  reply: FastifyReply,
  offer: { connection: Connection; authorizationId: number; seller: string; previousSeller: string },
): FastifyReply {
  const session = requireSession(request);
  const { connection, seller, previousSeller } = offer;
  const body = html`${notice('warn', `This is another seller: ${seller}. The connection belongs to ${previousSeller}. Nothing was changed.`)}
    <form method="post" action="/connections/${connection.id}/seller" class="row">
      ${csrfField(session)}<input type="hidden" name="authorizationId" value="${offer.authorizationId}" />
      <button name="decision" value="keep">Keep ${previousSeller}</button>
      <button name="decision" value="use" class="danger">Use ${seller} from now on</button>
    </form>`;
  return sendPage(reply.code(409), { title: 'Another seller', session, body });
}
