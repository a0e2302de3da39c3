import type { FastifyInstance } from 'fastify';
import { may } from '../../companies/permissions.js';
import type { Connection } from '../../connections/connection.js';
import { countUnsent, findUnsent, type UnsentReason } from '../../inventory/push/push-report.js';
import { explainItem } from '../../inventory/push/push-explain.js';
import { AppError } from '../../kernel/errors.js';
import { html, type Html } from '../html.js';
import { csrfField, notice } from '../layout.js';
import { CSV_SIZE, PAGE_SIZE, readQuery } from '../list-query.js';
import { card, facts } from '../parts/card.js';
import { chip } from '../parts/chip.js';
import { sendCsv } from '../parts/csv-file.js';
import { dataTable } from '../parts/data-table.js';
import { gateList } from '../parts/gate-list.js';
import { filters, pager, queryWith, tabs } from '../parts/list-parts.js';
import { moment, showTime } from '../parts/times.js';
import { valueTree } from '../parts/value-tree.js';
import type { PortalDeps } from '../portal-deps.js';
import { chosenShop, reachOf, shopChoices } from '../reach.js';
import { itemRows, type ItemRow } from '../reports/inventory-report.js';
import { shopName } from '../reports/needs-report.js';
import { sendPage } from '../send-page.js';
import { actorOf, requireSession } from '../session-guard.js';
import { doneText } from './done-texts.js';
import { plainAmount } from './order-list-routes.js';

const NAMES = ['view', 'shop', 'sku', 'gate', 'after', 'format'] as const;
const VIEWS = [
  { name: 'all', label: 'All' },
  { name: 'unmatched', label: 'Without a match' },
  { name: 'not-sent', label: 'Not sent' },
] as const;

/** What the seller has, what TikTok shows, and why something is not sent. */
export function registerInventoryPages(app: FastifyInstance, deps: PortalDeps): void {
  app.get('/inventory', async (request, reply) => {
    const session = requireSession(request);
    const { prisma } = deps.db;
    const by = actorOf(request);
    const now = deps.clock.now();
    const { format, ...query } = readQuery(request.query, NAMES);
    const reach = await reachOf(prisma, by);
    const shop = chosenShop(reach, query.shop) ?? reach.connections.find(({ shopId }) => shopId !== null);
    const done = doneText(request);
    if (!shop) {
      const body = html`<section>
        <p>No shop is connected yet. <a href="/connections/new">Connect a shop</a>.</p>
      </section>`;
      return sendPage(reply, { title: 'Inventory', session, body });
    }
    const view = VIEWS.find(({ name }) => name === query.view)?.name ?? 'all';
    const where = { ...query, shop: String(shop.id) };
    const isFile = format === 'csv';
    const limit = isFile ? CSV_SIZE : PAGE_SIZE + 1;
    const after = isFile ? '' : query.after;
    const head = html`${done && notice('good', done)}
    ${tabs('/inventory', { ...where, gate: '' }, VIEWS, view)}
    ${filters('/inventory', { ...where, gate: '' }, [
      { name: 'shop', label: 'Shop', choices: shopChoices(reach) },
      ...(view === 'not-sent' ? [] : [{ name: 'sku', label: 'SKU begins with' }]),
    ])}`;
    const actions = html`<a
        class="button quiet"
        href="/inventory${queryWith({ ...where, view, after: '', format: 'csv' })}"
        >Export as CSV</a
      >
      ${may(by, 'operate') && html`<a class="button" href="/inventory/upload?shop=${shop.id}">Upload inventory</a>`}`;
    if (view === 'not-sent') {
      const only = query.gate === '' ? {} : { gate: query.gate };
      const [reasons, items] = await Promise.all([
        countUnsent(prisma, shop.id),
        findUnsent(prisma, shop.id, { ...only, after, limit }),
      ]);
      if (isFile) {
        const names = ['SupplierSKU', 'MerchantSKU', 'State', 'Gate', 'Reason', 'Next', 'UnsentSince'];
        const rows = items.map((item) => [
          item.supplierSku,
          item.merchantSku,
          item.state,
          item.gate,
          item.reason,
          item.next,
          item.unsentSince,
        ]);
        return sendCsv(reply, 'not-sent', names, rows);
      }
      const shown = items.slice(0, PAGE_SIZE);
      const table = dataTable({
        caption: 'Items that are not sent',
        rows: shown,
        empty: 'Everything that was uploaded is in TikTok.',
        columns: [
          {
            title: 'SKU',
            cell: ({ supplierSku, merchantSku }) =>
              html`<a href="${itemHref(shop, supplierSku)}">${supplierSku}</a
                ><span class="sub">${merchantSku}</span>`,
          },
          {
            title: 'State',
            cell: ({ state, gate }) =>
              html`${chip(state === 'refused' ? 'bad' : 'hold', state)}<span class="sub">${gate}</span>`,
          },
          { title: 'Why', cell: ({ reason }) => reason },
          { title: 'Next step', cell: ({ next }) => next },
          { title: 'Since', cell: ({ unsentSince }) => moment(unsentSince, now, '–') },
        ],
      });
      const body = html`${head}${reasonList(reasons, where)}
      ${card({ id: 'list', title: 'Not sent', isFull: true, body: table })}
      ${pager('/inventory', where, shown.length, items.length > PAGE_SIZE ? (shown.at(-1)?.skuKey ?? null) : null)}`;
      return sendPage(reply, { title: 'Inventory', session, body, actions });
    }
    const rows = await itemRows(prisma, {
      connectionId: shop.id,
      onlyUnmatched: view === 'unmatched',
      sku: query.sku,
      after,
      limit,
    });
    if (isFile) {
      const names = ['SupplierSKU', 'MerchantSKU', 'Quantity', 'Cost', 'InTikTok', 'State', 'Reason'];
      return sendCsv(
        reply,
        'inventory',
        names,
        rows.map((row) => [
          row.supplierSku,
          row.merchantSku,
          row.quantity,
          row.cost,
          row.inTikTok,
          row.pushState,
          row.pushReason,
        ]),
      );
    }
    const shown = rows.slice(0, PAGE_SIZE);
    const isMatching = view === 'unmatched' && may(by, 'operate');
    const body = html`${head}
    ${card({ id: 'list', title: view === 'all' ? 'Items' : 'Without a match', isFull: true, body: itemTable(shown, shop, now, isMatching ? session : null) })}
    ${pager('/inventory', where, shown.length, rows.length > PAGE_SIZE ? (shown.at(-1)?.skuKey ?? null) : null)}`;
    return sendPage(reply, { title: 'Inventory', session, body, actions });
  });

  app.get('/inventory/item', async (request, reply) => {
    const session = requireSession(request);
    const query = readQuery(request.query, ['shop', 'sku']);
    const reach = await reachOf(deps.db.prisma, actorOf(request));
    const shop = chosenShop(reach, query.shop);
    if (!shop) throw new AppError('not-found', 'There is no such item.');
    const item = await explainItem(deps, {
      companyId: shop.companyId,
      connectionId: shop.id,
      supplierSku: query.sku,
    });
    const body = html`<div class="cols">
      <div class="stack">
        ${card({
          id: 'why',
          title: 'Why TikTok shows what it shows',
          body: html`<p>${item.summary}</p>
            ${
              item.nextSteps.length > 0 &&
              html`<ul>
                ${item.nextSteps.map((step) => html`<li>${step}</li>`)}
              </ul>`
            }
            ${gateList(item.gates)}`,
        })}
        ${item.wanted && card({ id: 'wanted', title: 'From what was uploaded to what is wanted', body: valueTree(item.wanted) })}
      </div>
      <div class="stack">
        ${card({
          id: 'facts',
          title: 'Facts',
          body: facts([
            ['Shop', html`<a href="/connections/${shop.id}">${shopName(shop)}</a>`],
            ['SKU', item.supplierSku],
            ['SKU in TikTok', item.merchantSku ?? 'no match'],
            ['Price wanted', item.wantedPrice],
            ['Price in TikTok', item.tiktok?.price && `${item.tiktok.price} ${item.tiktok.currency ?? ''}`],
            ['Product', item.tiktok && `${item.tiktok.productId}, ${item.tiktok.productStatus}`],
            ['Stock in TikTok', item.tiktok && valueTree(item.tiktok.warehouses)],
            ['Read from TikTok', item.tiktok?.readAt && showTime(item.tiktok.readAt)],
            ['Last push', item.push?.lastSuccessAt && showTime(item.push.lastSuccessAt)],
            ['Next push', item.push && showTime(item.push.nextAttemptAt)],
          ]),
        })}
        ${card({ id: 'uploaded', title: 'Uploaded', body: valueTree(item.uploaded.cells) })}
      </div>
    </div>`;
    return sendPage(reply, {
      title: item.supplierSku,
      session,
      body,
      crumbs: [[`/inventory?shop=${shop.id}`, 'Inventory']],
    });
  });
}

function itemHref(shop: Connection, sku: string): string {
  return `/inventory/item${queryWith({ shop: String(shop.id), sku })}`;
}

function reasonList(reasons: readonly UnsentReason[], query: Record<string, string>): Html | null {
  if (reasons.length === 0) return null;
  return html`<p>
    ${reasons.map(
      ({ gate, count, state }) =>
        html`<a href="/inventory${queryWith({ ...query, view: 'not-sent', gate, after: '' })}"
            >${count} at ${gate}</a
          >
          (${state}) `,
    )}
  </p>`;
}

/** @param session of who may match in the row; null: nobody does here */
function itemTable(
  rows: readonly ItemRow[],
  shop: Connection,
  now: Date,
  session: { csrfToken: string } | null,
): Html {
  return dataTable({
    caption: 'Inventory',
    rows,
    empty: session ? 'Every SKU has its match.' : 'No inventory yet: upload a file or POST it.',
    columns: [
      {
        title: 'SKU',
        cell: ({ supplierSku }) => html`<a href="${itemHref(shop, supplierSku)}">${supplierSku}</a>`,
      },
      {
        title: 'SKU in TikTok',
        cell: ({ merchantSku, supplierSku }) =>
          merchantSku ?? (session ? matchForm(session, shop, supplierSku) : chip('warn', 'no match')),
      },
      { title: 'Quantity', isNumber: true, cell: ({ quantity }) => quantity ?? '–' },
      { title: 'In TikTok', isNumber: true, cell: ({ inTikTok }) => inTikTok ?? '–' },
      { title: 'Price', isNumber: true, cell: ({ cost }) => (cost === null ? '–' : plainAmount(cost)) },
      { title: 'State', cell: (row) => stateOf(row) },
      { title: 'Changed', cell: ({ updatedAt }) => moment(updatedAt, now) },
    ],
  });
}

function stateOf({ merchantSku, pushState, pushReason, unsentSince }: ItemRow): Html {
  const reason = pushReason && html`<span class="sub">${pushReason}</span>`;
  if (merchantSku === null) return chip('warn', 'not sent');
  if (pushState === 'refused') return html`${chip('bad', 'refused')}${reason}`;
  if (pushState === 'waiting') return html`${chip('hold', 'waits')}${reason}`;
  return unsentSince === null ? chip('good', 'sent') : chip('info', 'next push');
}

function matchForm(session: { csrfToken: string }, shop: Connection, sku: string): Html {
  return html`<form method="post" action="/inventory/match" class="row">
    ${csrfField(session)}<input type="hidden" name="shop" value="${shop.id}" /><input
      type="hidden"
      name="sku"
      value="${sku}"
    /><input
      type="text"
      name="merchant"
      maxlength="200"
      aria-label="SKU in TikTok of ${sku}"
      required
    /><button class="quiet small">Match<span class="away"> ${sku}</span></button>
  </form>`;
}
