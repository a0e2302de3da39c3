import type { FastifyInstance } from 'fastify';
import { may } from '../../companies/permissions.js';
import { isStorable } from '../../kernel/plain-text.js';
import { documentTypeNames } from '../../logicbroker/document-types.js';
import { readForm } from '../forms.js';
import { html } from '../html.js';
import { documentHref } from '../kind-paths.js';
import { SEARCH_PATH } from '../layout.js';
import { card } from '../parts/card.js';
import { dataTable } from '../parts/data-table.js';
import { queryWith } from '../parts/list-parts.js';
import type { PortalDeps } from '../portal-deps.js';
import { reachOf } from '../reach.js';
import { shopName } from '../reports/needs-report.js';
import { searchAll, type Found } from '../reports/search-report.js';
import { sendPage } from '../send-page.js';
import { actorOf, requireSession } from '../session-guard.js';

/** TikTok's ids of orders have 18 or 19 digits; what looks like one and is not here is asked of TikTok. */
const ORDER_ID = /^\d{15,20}$/;

/** One box for everything: one hit leads to its page at once. */
export function registerSearchPages(app: FastifyInstance, deps: PortalDeps): void {
  app.get(SEARCH_PATH, async (request, reply) => {
    const session = requireSession(request);
    const by = actorOf(request);
    const { prisma } = deps.db;
    const typed = readForm(request.query)('q').slice(0, 100);
    const wanted = isStorable(typed) ? typed : '';
    const reach = await reachOf(prisma, by);
    const where = { companyIds: reach.companyIds, connectionIds: reach.connections.map(({ id }) => id) };
    const found = wanted === '' ? [] : await searchAll(prisma, where, wanted);
    // Who sees no buyers does not find them either.
    const shown = found.filter((each) => each.by !== 'buyer' || may(by, 'operate'));
    const [only] = shown;
    if (only && shown.length === 1) return reply.redirect(hrefOf(only), 303);
    if (shown.length === 0 && ORDER_ID.test(wanted)) return reply.redirect(`/orders/tiktok/${wanted}`, 303);
    const body =
      wanted === ''
        ? html`<p class="muted">
            Write an order id, SKU, tracking number, return id, key or the name of a buyer into the box above.
          </p>`
        : card({
            id: 'found',
            title: `Found for ${wanted}`,
            isFull: true,
            body: dataTable({
              caption: 'Found',
              rows: shown,
              empty: html`Nothing goes by this name. Numbers have to be whole; an order id of TikTok that no
              pull has seen is asked of TikTok.`,
              columns: [
                { title: 'Name', cell: (each) => html`<a href="${hrefOf(each)}">${each.name}</a>` },
                {
                  title: 'What',
                  cell: ({ what, type }) =>
                    type ? documentTypeNames[type] : what === 'sku' ? 'Inventory' : 'Order',
                },
                { title: 'Found by', cell: ({ by: why }) => why },
                {
                  title: 'Shop',
                  cell: ({ connectionId }) =>
                    shopName(reach.connections.find(({ id }) => id === connectionId)),
                },
              ],
            }),
          });
    return sendPage(reply, { title: 'Search', session, body });
  });
}

function hrefOf({ what, type, key, name, connectionId }: Found): string {
  if (what === 'sku') return `/inventory/item${queryWith({ shop: String(connectionId), sku: name })}`;
  if (type !== null && key !== null) return documentHref(type, key);
  return key === null ? `/orders/tiktok/${name}` : `/orders/${key}`;
}
