import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { may } from '../../companies/permissions.js';
import type { Connection } from '../../connections/connection.js';
import { PRODUCT_FEED } from '../../products/feed/product-feed.js';
import { listListings, type Needs, type ToldListing } from '../../products/review/list-listings.js';
import { renderListing } from '../../products/review/render-listing.js';
import { findPushes } from '../../products/push/product-push-store.js';
import { listProductsAfter } from '../../products/product-store.js';
import { html, type Html } from '../html.js';
import { csrfField, notice } from '../layout.js';
import { PAGE_SIZE, readQuery } from '../list-query.js';
import { card } from '../parts/card.js';
import { dataTable } from '../parts/data-table.js';
import { filters, pager, queryWith, tabs } from '../parts/list-parts.js';
import { moment, showTime } from '../parts/times.js';
import type { PortalDeps } from '../portal-deps.js';
import { chosenShop, reachOf, shopChoices } from '../reach.js';
import { sendPage } from '../send-page.js';
import { actorOf, requireSession } from '../session-guard.js';
import { takeKept } from '../shown-once.js';
import { doneText } from './done-texts.js';
import { registerProductActions, sentAbout } from './product-actions.js';
import { listingChip, productHref, registerProductPage } from './product-item-pages.js';

const NAMES = ['view', 'shop', 'after'] as const;
const VIEWS = [
  { name: 'all', label: 'All' },
  { name: 'you', label: 'Needs you' },
  { name: 'tiktok', label: 'With TikTok' },
  { name: 'nobody', label: 'Settled' },
  { name: 'problems', label: 'With problems' },
] as const;
const MOST_FINDINGS = 3;

/** Products that feeds want in TikTok: how each stands, who has to act, and what to do. */
export function registerProductPages(app: FastifyInstance, deps: PortalDeps): void {
  registerProductPage(app, deps);
  registerProductActions(app, deps);
  app.get('/products', (request, reply) => showList(deps, request, reply));
}

async function showList(
  deps: PortalDeps,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const session = requireSession(request);
  const by = actorOf(request);
  const query = readQuery(request.query, NAMES);
  const reach = await reachOf(deps.db.prisma, by);
  const shop = chosenShop(reach, query.shop) ?? reach.connections.find(({ shopId }) => shopId !== null);
  if (!shop) {
    const none = html`<section>
      <p>No shop is connected yet. <a href="/connections/new">Connect a shop</a>.</p>
    </section>`;
    return sendPage(reply, { title: 'Products', session, body: none });
  }
  const view = VIEWS.find(({ name }) => name === query.view)?.name ?? 'all';
  const where = { ...query, shop: String(shop.id) };
  const { listings, next } = await listingsOf(deps, shop, { view, after: query.after });
  const now = deps.clock.now();
  const [done, sent] = [doneText(request), takeKept(deps, reply, sentAbout(shop.id))];
  const mayAct = may(by, 'operate');
  const body = html`${done && notice('good', done)} ${sent && notice('good', sent)}
  ${tabs('/products', where, VIEWS, view)}
  ${filters('/products', where, [{ name: 'shop', label: 'Shop', choices: shopChoices(reach) }])}
  ${card({ id: 'list', title: 'Products', isFull: true, body: listingTable(listings, shop, now) })}
  ${pager('/products', where, listings.length, next)}`;
  const shopQuery = queryWith({ shop: String(shop.id), kind: PRODUCT_FEED });
  return sendPage(reply, {
    title: 'Products',
    session,
    body,
    actions: html`<a class="button quiet" href="/connections/${shop.id}/products/specification"
        >View Feed Specifications</a
      >
      <a class="button quiet" href="/feeds${shopQuery}">Product feeds</a>
      ${
        mayAct &&
        html`<a class="button quiet" href="/inventory/upload${shopQuery}">Upload products</a>
          <form method="post" action="/products/send">
            ${csrfField(session)}<input type="hidden" name="shop" value="${shop.id}" />
            <button>Send all that are in order</button>
          </form>`
      }`,
  });
}

/** @returns a page of the view, and where it goes on: behind a key, or with a number of a page */
async function listingsOf(
  { db }: PortalDeps,
  { id: connectionId }: Connection,
  { view, after }: { view: (typeof VIEWS)[number]['name']; after: string },
): Promise<{ listings: ToldListing[]; next: string | null }> {
  if (view !== 'all' && view !== 'problems') {
    const needs: Needs = view;
    const page = /^\d{1,6}$/.test(after) ? Number(after) : 0;
    const found = await listListings(db.prisma, { connectionId, needs }, { page, pageSize: PAGE_SIZE });
    const hasMore = (page + 1) * PAGE_SIZE < found.total;
    return { listings: found.listings, next: hasMore ? String(page + 1) : null };
  }
  const filter = { connectionId, ...(view === 'problems' && { isCompliant: false }) };
  const products = await listProductsAfter(db.prisma, filter, { after, limit: PAGE_SIZE + 1 });
  const shown = products.slice(0, PAGE_SIZE);
  const keys = shown.map(({ productKey }) => productKey);
  const pushes = await findPushes(db.prisma, connectionId, keys);
  return {
    listings: shown.map((product) => ({ product, push: pushes.get(product.productKey) ?? null })),
    next: products.length > PAGE_SIZE ? (keys.at(-1) ?? null) : null,
  };
}

function listingTable(listings: readonly ToldListing[], shop: Connection, now: Date): Html {
  return dataTable({
    caption: 'Products',
    rows: listings.map((told) => ({ ...told, shown: renderListing(told) })),
    empty: 'No product is in this view. Product feeds bring them: upload one, or POST it.',
    columns: [
      {
        title: 'Product',
        cell: ({ product }) =>
          html`<a href="${productHref(shop.id, product)}">${product.name}</a
            ><span class="sub">${product.skus.length} ${product.skus.length === 1 ? 'SKU' : 'SKUs'}</span>`,
      },
      { title: 'State', cell: ({ shown }) => listingChip(shown) },
      { title: 'Who acts', cell: ({ shown }) => shown.Acts },
      {
        title: 'Why, and what to do',
        cell: ({ product, shown }) =>
          html`${shown.Reason}${shown.Next && html`<span class="sub">Next: ${shown.Next}</span>`}${shown.DueAt && html`<span class="sub">Looked at again ${showTime(new Date(shown.DueAt))}.</span>`}${findingsOf(product.findings)}`,
      },
      { title: 'Product in TikTok', cell: ({ product }) => product.tiktokProductId ?? '–' },
      { title: 'Changed', cell: ({ product }) => moment(product.updatedAt, now) },
    ],
  });
}

/** What the checks say, as far as a line has room; the product's own page has it all. */
function findingsOf(findings: readonly unknown[]): Html {
  const known = findings as readonly { field: string | null; message: string; next: string }[];
  const more = known.length - MOST_FINDINGS;
  return html`${known
    .slice(0, MOST_FINDINGS)
    .map(
      ({ message, field, next }) => html`<span class="sub">${field && `${field}: `}${message} ${next}</span>`,
    )}${more > 0 && html`<span class="sub">and ${more} more</span>`}`;
}
