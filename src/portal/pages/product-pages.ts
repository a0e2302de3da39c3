import type { FastifyInstance } from 'fastify';
import { html } from '../html.js';
import { PAGE_SIZE, readQuery } from '../list-query.js';
import { card } from '../parts/card.js';
import { chip } from '../parts/chip.js';
import { dataTable } from '../parts/data-table.js';
import { filters, pager, tabs } from '../parts/list-parts.js';
import { moment } from '../parts/times.js';
import type { PortalDeps } from '../portal-deps.js';
import { chosenShop, reachOf, shopChoices } from '../reach.js';
import { productRows } from '../reports/inventory-report.js';
import { sendPage } from '../send-page.js';
import { actorOf, requireSession } from '../session-guard.js';

const NAMES = ['view', 'shop', 'after'] as const;
const VIEWS = [
  { name: 'all', label: 'All' },
  { name: 'problems', label: 'With problems' },
] as const;
const MOST_FINDINGS = 3;

/** Products that feeds want in TikTok, with what is wrong with them. What is sent of them has its place beside the state. */
export function registerProductPages(app: FastifyInstance, deps: PortalDeps): void {
  app.get('/products', async (request, reply) => {
    const session = requireSession(request);
    const { prisma } = deps.db;
    const query = readQuery(request.query, NAMES);
    const reach = await reachOf(prisma, actorOf(request));
    const shop = chosenShop(reach, query.shop) ?? reach.connections.find(({ shopId }) => shopId !== null);
    if (!shop) {
      const none = html`<section>
        <p>No shop is connected yet. <a href="/connections/new">Connect a shop</a>.</p>
      </section>`;
      return sendPage(reply, { title: 'Products', session, body: none });
    }
    const view = VIEWS.find(({ name }) => name === query.view)?.name ?? 'all';
    const where = { ...query, shop: String(shop.id) };
    const rows = await productRows(prisma, {
      connectionId: shop.id,
      onlyBad: view === 'problems',
      after: query.after,
      limit: PAGE_SIZE + 1,
    });
    const shown = rows.slice(0, PAGE_SIZE);
    const now = deps.clock.now();
    const body = html`${tabs('/products', where, VIEWS, view)}
    ${filters('/products', where, [{ name: 'shop', label: 'Shop', choices: shopChoices(reach) }])}
    ${card({
      id: 'list',
      title: 'Products',
      isFull: true,
      body: dataTable({
        caption: 'Products',
        rows: shown,
        empty: 'No product feed has come for this shop.',
        columns: [
          { title: 'Product', cell: ({ name }) => name },
          {
            title: 'State',
            cell: ({ isCompliant }) =>
              isCompliant === null
                ? chip('hold', 'not checked yet')
                : isCompliant
                  ? chip('good', 'in order')
                  : chip('bad', 'has problems'),
          },
          {
            title: 'What is wrong',
            cell: ({ findings }) =>
              html`${findings
                .slice(0, MOST_FINDINGS)
                .map(
                  ({ message, field, next }) =>
                    html`<span class="sub">${field && `${field}: `}${message} ${next}</span>`,
                )}${findings.length > MOST_FINDINGS && html`<span class="sub">and ${findings.length - MOST_FINDINGS} more</span>`}`,
          },
          { title: 'Product in TikTok', cell: ({ tiktokProductId }) => tiktokProductId ?? '–' },
          { title: 'Changed', cell: ({ updatedAt }) => moment(updatedAt, now) },
        ],
      }),
    })}
    ${pager('/products', where, shown.length, rows.length > PAGE_SIZE ? (shown.at(-1)?.productKey ?? null) : null)}`;
    return sendPage(reply, {
      title: 'Products',
      session,
      body,
      actions: html`<a class="button quiet" href="/connections/${shop.id}/products/specification"
          >View Feed Specifications</a
        >
        <a class="button quiet" href="/feeds?shop=${shop.id}">Product feeds</a>`,
    });
  });
}
