import type { FastifyInstance, FastifyRequest } from 'fastify';
import { may } from '../../companies/permissions.js';
import type { Connection } from '../../connections/connection.js';
import { AppError } from '../../kernel/errors.js';
import type { ProductFinding } from '../../products/checks/product-finding.js';
import { keyInPath } from '../../products/key-in-path.js';
import { findProduct, findProductOfSku, type StoredProduct } from '../../products/product-store.js';
import { orderingKeyOf } from '../../products/push/push-payload.js';
import { findPush } from '../../products/push/product-push-store.js';
import { readQuota } from '../../products/push/quota-store.js';
import { explainListing } from '../../products/review/listing-gates.js';
import { linkKeyOf } from '../../products/review/product-events.js';
import { renderListing, type RenderedListing } from '../../products/review/render-listing.js';
import { connectionOf as targetOf } from '../../sync/subjects/connection-subject.js';
import { entriesOfOrderingKey } from '../../sync/effects/outbox-decisions.js';
import { readForm } from '../forms.js';
import { html, type Html } from '../html.js';
import { csrfField, notice } from '../layout.js';
import { card, facts } from '../parts/card.js';
import { chip, type Look } from '../parts/chip.js';
import { dataTable } from '../parts/data-table.js';
import { gateList } from '../parts/gate-list.js';
import { queryWith } from '../parts/list-parts.js';
import { showTime } from '../parts/times.js';
import type { PortalDeps } from '../portal-deps.js';
import { chosenShop, reachOf } from '../reach.js';
import { historyOf } from '../reports/history-report.js';
import { shopName } from '../reports/needs-report.js';
import { sendPage } from '../send-page.js';
import { actorOf, requireSession } from '../session-guard.js';
import { takeKept } from '../shown-once.js';
import { doneText } from './done-texts.js';
import { callsCard, historyCard } from './history-card.js';

/** Where the page of a product is. */
export function productHref(shopId: number, { name }: Pick<StoredProduct, 'name'>): string {
  return `/products/item${queryWith({ shop: String(shopId), product: name })}`;
}

const looks: Record<RenderedListing['Acts'], Look> = { you: 'bad', TikTok: 'hold', nobody: 'good' };

export function listingChip({ State = 'Draft', Acts }: RenderedListing): Html {
  return State === 'Draft' ? chip('idle', State) : chip(looks[Acts] ?? 'info', State);
}

/** About a product of a shop, for what the next page shows once. */
export function productAbout(shopId: number, name: string): string {
  return `product ${name} of ${shopId}`;
}

/** The product that a query or a form names, with its shop. @throws AppError not-found, also for another company's */
export async function productIn(
  deps: PortalDeps,
  request: FastifyRequest,
  read: (name: string) => string,
): Promise<{ connection: Connection; product: StoredProduct }> {
  const connection = chosenShop(await reachOf(deps.db.prisma, actorOf(request)), read('shop'));
  const key = connection && keyInPath(connection, read('product'));
  const connectionId = connection?.id ?? 0;
  const product = key
    ? ((await findProduct(deps.db.prisma, { connectionId, productKey: key })) ??
      (await findProductOfSku(deps.db.prisma, { connectionId, skuKey: key })))
    : null;
  if (connection && product) return { connection, product };
  throw new AppError('not-found', 'There is no such product.');
}

/** One product: every rule with its outcome, every call that was made, every SKU. */
export function registerProductPage(app: FastifyInstance, deps: PortalDeps): void {
  app.get('/products/item', async (request, reply) => {
    const session = requireSession(request);
    const by = actorOf(request);
    const { prisma } = deps.db;
    const named = await productIn(deps, request, readForm(request.query));
    await deps.listing.checkProducts(named.connection);
    // The checks have just written what they found.
    const { connection, product } = await productIn(deps, request, readForm(request.query));
    const which = { connectionId: connection.id, productKey: product.productKey };
    const [push, { missing }, effects, history] = await Promise.all([
      findPush(prisma, which),
      readQuota(prisma, connection.id),
      entriesOfOrderingKey(prisma, targetOf(connection.id), orderingKeyOf(product.productKey)),
      historyOf(prisma, { companyId: connection.companyId, linkKey: linkKeyOf(which) }),
    ]);
    const shown = renderListing({ product, push });
    const gates = explainListing({ product, push, missing });
    const sent = takeKept(deps, reply, productAbout(connection.id, product.name));
    const done = doneText(request);
    const now = deps.clock.now();
    const body = html`${done && notice('good', done)} ${sent && notice('good', sent)}
      ${shown.Reason && shown.Acts === 'you' && notice('bad', shown.Reason, shown.Next)}
      <div class="cols">
        <div class="stack">
          ${card({ id: 'why', title: 'Why it is, or is not, on sale', body: gateList(gates) })}
          ${reviewCard(shown)} ${findingsCard(product)} ${skuCard(product, push?.inFlightSince != null)}
          ${callsCard(effects, now)} ${historyCard(history, [], 'the product')}
        </div>
        <div class="stack">${factsCard(product, shown, connection)}</div>
      </div>`;
    const query = queryWith({ shop: String(connection.id), product: product.name });
    return sendPage(reply, {
      title: product.name,
      session,
      body,
      crumbs: [
        ['/products', 'Products'],
        [`/products?shop=${connection.id}`, shopName(connection)],
      ],
      beside: listingChip(shown),
      actions:
        may(by, 'operate') &&
        html`<a class="button quiet" href="/products/changes${query}">What sending would change</a>
          <form method="post" action="/products/send">
            ${csrfField(session)}<input type="hidden" name="shop" value="${connection.id}" />
            <input type="hidden" name="product" value="${product.name}" />
            <button>Send to TikTok</button>
          </form>`,
    });
  });
}

function reviewCard({ Reasons }: RenderedListing): Html | null {
  if (Reasons.length === 0) return null;
  return card({
    id: 'review',
    title: 'What TikTok’s review says',
    isFull: true,
    body: dataTable({
      caption: 'What TikTok’s review says',
      rows: Reasons,
      empty: '',
      columns: [
        {
          title: 'Where',
          cell: ({ Position, Column }) =>
            html`${Position}${Column && html`<span class="sub">column ${Column}</span>`}`,
        },
        { title: 'Why', cell: ({ Reasons: reasons }) => reasons.join(' ') },
        { title: 'TikTok suggests', cell: ({ Suggestions }) => Suggestions.join(' ') },
      ],
    }),
  });
}

function findingsCard({ findings }: StoredProduct): Html {
  return card({
    id: 'findings',
    title: 'What the checks found',
    isFull: true,
    body: dataTable({
      caption: 'What the checks found',
      rows: findings as ProductFinding[],
      empty: 'Nothing speaks against it.',
      columns: [
        { title: 'Column', cell: ({ field: column }) => column ?? 'the product' },
        {
          title: 'Level',
          cell: ({ level }) => (level === 'error' ? chip('bad', 'not sent') : chip('warn', level)),
        },
        {
          title: 'What is wrong',
          cell: ({ message, next }) => html`${message}<span class="sub">${next}</span>`,
        },
        { title: 'Rule', cell: ({ rule }) => rule },
      ],
    }),
  });
}

function skuCard({ skus }: StoredProduct, isUnderWay: boolean): Html {
  return card({
    id: 'skus',
    title: 'SKUs',
    isFull: true,
    body: dataTable({
      caption: 'SKUs',
      rows: skus,
      empty: 'It has no SKU.',
      columns: [
        { title: 'SKU', cell: ({ sku }) => sku },
        {
          title: 'State',
          cell: ({ isRemoved, tiktokSkuId }) =>
            isRemoved
              ? chip('hold', 'to be removed')
              : isUnderWay
                ? chip('info', tiktokSkuId === null ? 'sent, not shown yet' : 'change not confirmed')
                : tiktokSkuId === null
                  ? chip('idle', 'not in TikTok')
                  : chip('good', 'in TikTok'),
        },
        { title: 'SKU in TikTok', cell: ({ tiktokSkuId }) => tiktokSkuId ?? '–' },
      ],
    }),
  });
}

function factsCard(product: StoredProduct, shown: RenderedListing, connection: Connection): Html {
  return card({
    id: 'facts',
    title: 'Facts',
    body: facts([
      ['Shop', html`<a href="/connections/${connection.id}">${shopName(connection)}</a>`],
      ['Who acts', shown.Acts],
      ['Product in TikTok', product.tiktokProductId],
      ['TikTok says', shown.TikTokStatus],
      ['Review', shown.AuditStatus],
      ['TikTok’s code', shown.TikTokCode],
      ['Old version sells on', shown.OldVersionSells && 'yes'],
      ['Sent as it is wanted', shown.Sent ? 'yes' : 'no'],
      ['Looked at again', shown.DueAt && showTime(new Date(shown.DueAt))],
      ['Reviewed', shown.ReviewedAt && showTime(new Date(shown.ReviewedAt))],
      [
        'Feed',
        product.lastFeed !== null &&
          html`<a href="/feeds/${product.lastFeed}">import ${product.lastFeed}</a>`,
      ],
      ['Changed', showTime(product.updatedAt)],
    ]),
  });
}
