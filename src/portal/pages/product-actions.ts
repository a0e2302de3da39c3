import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { may } from '../../companies/permissions.js';
import type { Connection } from '../../connections/connection.js';
import { AppError } from '../../kernel/errors.js';
import type { DryRunLine, DryRunOutcome } from '../../products/dry-run/dry-run.js';
import { takeOver } from '../../products/dry-run/take-over.js';
import { PRODUCT_FEED } from '../../products/feed/product-feed.js';
import { sendProducts, sentWords } from '../../products/send-products.js';
import { takeBackFeed } from '../../products/take-back-feed.js';
import { readForm } from '../forms.js';
import { html, type Html } from '../html.js';
import { csrfField, notice } from '../layout.js';
import { card } from '../parts/card.js';
import { chip, type Look } from '../parts/chip.js';
import { dataTable } from '../parts/data-table.js';
import type { PortalDeps } from '../portal-deps.js';
import { chosenShop, reachOf } from '../reach.js';
import { sendPage } from '../send-page.js';
import { actorOf, requireSession } from '../session-guard.js';
import { keepForNextPage } from '../shown-once.js';
import { importInPath } from './feed-pages.js';
import { productAbout, productHref, productIn } from './product-item-pages.js';

/** What was sent of a shop, for the next page. */
export function sentAbout(shopId: number): string {
  return `products of ${shopId}`;
}

/** Sending products, with the difference first where somebody wants to see it. */
export function registerProductActions(app: FastifyInstance, deps: PortalDeps): void {
  app.post('/products/send', async (request, reply) => {
    const read = readForm(request.body);
    const by = actorOf(request);
    if (read('product') !== '') {
      const { connection, product } = await productIn(deps, request, read);
      const { productKey: key, name } = product;
      const sent = await sendProducts(deps.listing, { connection, by }, { product: { key, name } });
      const about = productAbout(connection.id, name);
      await keepForNextPage(deps, reply, { about, text: sentWords(sent) });
      return reply.redirect(productHref(connection.id, product), 303);
    }
    const connection = await shopIn(deps, request, read('shop'));
    const sent = await sendProducts(deps.listing, { connection, by }, {});
    await keepForNextPage(deps, reply, { about: sentAbout(connection.id), text: sentWords(sent) });
    return reply.redirect(`/products?shop=${connection.id}`, 303);
  });

  app.post('/feeds/:id/send', async (request, reply) => {
    const { feed, connection } = await productFeedInPath(deps, request);
    const sent = await sendProducts(deps.listing, { connection, by: actorOf(request) }, { feed });
    await keepForNextPage(deps, reply, { about: sentAbout(connection.id), text: sentWords(sent, feed) });
    return reply.redirect(`/products?shop=${connection.id}`, 303);
  });

  app.post('/feeds/:id/take-back', async (request, reply) => {
    const { feed, connection } = await productFeedInPath(deps, request);
    const { deleted, kept } = await takeBackFeed(deps, { connection, by: actorOf(request) }, feed);
    const rest = kept > 0 ? `; ${kept} products are in TikTok and stay` : '';
    const text = `${deleted} drafts of feed ${feed} were taken back${rest}.`;
    await keepForNextPage(deps, reply, { about: sentAbout(connection.id), text });
    return reply.redirect(`/products?shop=${connection.id}`, 303);
  });

  app.get('/products/changes', (request, reply) => showChanges(deps, request, reply));

  app.post('/products/take-over', async (request, reply) => {
    const read = readForm(request.body);
    const by = actorOf(request);
    const { connection, product } = await productIn(deps, request, read);
    const picked = read('picked');
    if (picked !== '' && !/^\d{1,30}$/.test(picked))
      throw new AppError('invalid-request', 'Choose a listing.');
    await takeOver(deps, connection, { product, picked: picked === '' ? undefined : picked, by });
    await deps.listing.asked?.(connection, by);
    return reply.redirect(`${productHref(connection.id, product)}&done=taken-over`, 303);
  });
}

async function shopIn(deps: PortalDeps, request: FastifyRequest, text: string): Promise<Connection> {
  const shop = chosenShop(await reachOf(deps.db.prisma, actorOf(request)), text);
  if (shop) return shop;
  throw new AppError('invalid-request', 'Choose a shop.');
}

/** @throws AppError not-found, also for a file of another kind */
async function productFeedInPath(
  deps: PortalDeps,
  request: FastifyRequest,
): Promise<{ feed: number; connection: Connection }> {
  const { id: feed, kind, connectionId } = await importInPath(deps, request);
  if (kind !== PRODUCT_FEED) throw new AppError('not-found', 'There is no such product feed.');
  return { feed, connection: await shopIn(deps, request, String(connectionId)) };
}

const outcomes: Record<DryRunOutcome, readonly [Look, string, string]> = {
  created: ['info', 'created', 'TikTok has no such product: it is created.'],
  changed: ['info', 'changed', 'The product that TikTok has is changed as below.'],
  untouched: ['good', 'untouched', 'TikTok has it as it is wanted: nothing is sent.'],
  ended: ['warn', 'ended', 'The product is switched off or deleted.'],
  blocked: ['bad', 'blocked', 'Nothing is sent.'],
  waits: ['hold', 'waits', 'TikTok decides first.'],
  unconfirmed: [
    'warn',
    'unconfirmed',
    'TikTok had the product before. Nothing changes until somebody has confirmed this difference.',
  ],
  unclear: ['warn', 'unclear', 'Several products of TikTok could be it: choose one.'],
};

/** TikTok is asked what it has; nothing is sent. */
async function showChanges(
  deps: PortalDeps,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const session = requireSession(request);
  const { connection, product } = await productIn(deps, request, readForm(request.query));
  const [line] = await deps.listing.dryRun(connection, [product]);
  if (!line) throw new AppError('not-found', 'There is no such product.');
  const [look, word, meaning] = outcomes[line.outcome];
  const body = html`<p>${meaning}</p>
    ${line.reason && notice(look === 'bad' ? 'bad' : 'warn', line.reason, line.outcome === 'blocked' ? (line.next ?? undefined) : undefined)}
    ${may(actorOf(request), 'operate') && confirmForm(session, connection, line)} ${changesTable(line)}
    ${listCard(
      'uploads',
      'Pictures and files that are uploaded',
      line.uploads.map(({ url, useCase }) => `${useCase}: ${url}`),
    )}
    ${listCard('notes', 'Remarks', line.notes)}`;
  return sendPage(reply, {
    title: `What sending ${product.name} would change`,
    session,
    body,
    crumbs: [
      ['/products', 'Products'],
      [productHref(connection.id, product), product.name],
    ],
    beside: chip(look, word),
  });
}

/** For a product that TikTok had before: nobody's listing is changed unseen. */
function confirmForm(
  session: { csrfToken: string },
  { id }: Connection,
  { outcome, candidates, product }: DryRunLine,
): Html | null {
  if (outcome !== 'unconfirmed' && outcome !== 'unclear') return null;
  return card({
    id: 'confirm',
    title: 'Take the listing over',
    body: html`<form method="post" action="/products/take-over">
      ${csrfField(session)}<input type="hidden" name="shop" value="${id}" />
      <input type="hidden" name="product" value="${product.name}" />
      ${candidates.map(
        (candidate, index) =>
          html`<p>
            <input type="radio" id="picked-${index}" name="picked" value="${candidate}" required />
            <label class="inline" for="picked-${index}">TikTok’s product ${candidate}</label>
          </p>`,
      )}
      <button>Change it from here</button>
    </form>`,
  });
}

function changesTable({ changes }: DryRunLine): Html {
  return card({
    id: 'changes',
    title: 'Differences',
    isFull: true,
    body: dataTable({
      caption: 'Differences',
      rows: changes,
      empty: 'Nothing differs.',
      columns: [
        {
          title: 'Column',
          cell: ({ field, sku }) => html`${field}${sku && html`<span class="sub">SKU ${sku}</span>`}`,
        },
        { title: 'TikTok has', cell: ({ from }) => from },
        { title: 'Is sent', cell: ({ to }) => to },
      ],
    }),
  });
}

function listCard(id: string, title: string, lines: readonly string[]): Html | null {
  if (lines.length === 0) return null;
  return card({
    id,
    title,
    body: html`<ul>
      ${lines.map((line) => html`<li>${line}</li>`)}
    </ul>`,
  });
}
