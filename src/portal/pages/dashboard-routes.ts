import type { FastifyInstance } from 'fastify';
import { may } from '../../companies/permissions.js';
import { readForm } from '../forms.js';
import { html } from '../html.js';
import type { PortalDeps } from '../portal-deps.js';
import { reachOf } from '../reach.js';
import { pullOrdersFlow } from '../../orders/order-flow.js';
import {
  countDeadlineTiles,
  countOrderStates,
  ordersPerHour,
  shopFacts,
} from '../reports/dashboard-report.js';
import { findNeeds } from '../reports/needs-report.js';
import { sendPage } from '../send-page.js';
import { actorOf } from '../session-guard.js';
import { dashboardPage } from './dashboard-page.js';

const REFRESH_SECONDS = 30;

/** The start: what needs somebody and how everything does. Without a log-in it is a welcome with the ways in. */
export function registerDashboard(app: FastifyInstance, deps: PortalDeps): void {
  app.get('/', async (request, reply) => {
    const session = request.operatorSession;
    if (!session) {
      const links = deps.links.map(
        ({ label, href, note }) => html`<li><a href="${href}">${label}</a> ${note}</li>`,
      );
      const body = html`<section>
        <ul>
          <li><a href="/login">Log in</a> to connect TikTok Shops and see how they do</li>
          ${links}
        </ul>
      </section>`;
      return sendPage(reply, { title: 'Welcome', session, body });
    }
    const by = actorOf(request);
    const now = deps.clock.now();
    const { prisma } = deps.db;
    const reach = await reachOf(prisma, by);
    const { companyIds, connections } = reach;
    const connectionIds = connections.map(({ id }) => id);
    const facts = await shopFacts(prisma, connectionIds, pullOrdersFlow.name);
    const [needs, deadlines, states, perHour] = await Promise.all([
      findNeeds(prisma, reach, facts, now),
      countDeadlineTiles(prisma, companyIds, now),
      countOrderStates(prisma, { companyIds, connectionIds }, now),
      ordersPerHour(prisma, companyIds, now),
    ]);
    const isRefreshing = readForm(request.query)('refresh') !== '';
    const body = dashboardPage({
      ...{ now, needs, deadlines, states, perHour, connections, facts },
      publicUrl: deps.publicUrl(),
    });
    return sendPage(reply, {
      title: 'Dashboard',
      session,
      body,
      refreshSeconds: isRefreshing ? REFRESH_SECONDS : undefined,
      beside: html`<span class="muted s"
        >as of ${now.toISOString().slice(11, 19)} UTC ·
        ${isRefreshing ? html`<a href="/">stop refreshing</a>` : html`<a href="/?refresh=${REFRESH_SECONDS}">refresh every ${REFRESH_SECONDS} s</a>`}</span
      >`,
      actions:
        may(by, 'operate') &&
        connections.length > 0 &&
        html`<a class="button quiet" href="/connections/new">Connect a shop</a
          ><a class="button" href="/inventory/upload">Upload inventory</a>`,
    });
  });
}
