import type { FastifyInstance } from 'fastify';
import { statuses, statusName } from '../../logicbroker/statuses.js';
import { html, type Html } from '../html.js';
import { CSV_SIZE, daysOf, pageSizeOf, readQuery } from '../list-query.js';
import { card } from '../parts/card.js';
import { sendCsv } from '../parts/csv-file.js';
import { dataTable } from '../parts/data-table.js';
import { filters, pager, queryWith, tabs } from '../parts/list-parts.js';
import { orderStateChip, statusChip } from '../parts/status-chip.js';
import { moment, showTime } from '../parts/times.js';
import type { PortalDeps } from '../portal-deps.js';
import { chosenShop, reachOf, shopChoices, type Reach } from '../reach.js';
import { shopName } from '../reports/needs-report.js';
import { orderRows, orderViews, type OrderRow, type OrderView } from '../reports/order-report.js';
import { sendPage } from '../send-page.js';
import { actorOf, requireSession } from '../session-guard.js';
import { viewsBar } from './view-routes.js';

const viewTexts: Record<OrderView, { label: string; empty: string }> = {
  all: { label: 'All', empty: 'No order has come in yet. The order pull reads new ones every 15 minutes.' },
  new: { label: 'New', empty: 'No order waits for the ERP.' },
  'to-ship': { label: 'To ship', empty: 'No order has pieces that wait for a shipment.' },
  'on-hold': {
    label: 'On hold',
    empty:
      'No order is on hold. Orders stay here while the buyer may still change them, as the setting says.',
  },
  'not-imported': { label: 'Not imported', empty: 'No order was kept out.' },
  problems: { label: 'Problems', empty: 'No order has failed.' },
};

const NAMES = ['view', 'shop', 'status', 'from', 'to', 'size', 'after', 'format'] as const;

/** The list of orders, imported or not. */
export function registerOrderList(app: FastifyInstance, deps: PortalDeps): void {
  app.get('/orders', async (request, reply) => {
    const session = requireSession(request);
    const { prisma } = deps.db;
    const { format, ...query } = readQuery(request.query, NAMES);
    const reach = await reachOf(prisma, actorOf(request));
    const view = orderViews.find((each) => each === query.view) ?? 'all';
    const code = /^\d{1,4}$/.test(query.status) ? Number(query.status) : null;
    const isFile = format === 'csv';
    const pageSize = pageSizeOf(query);
    const rows = await orderRows(prisma, {
      companyIds: reach.companyIds,
      view,
      connectionId: chosenShop(reach, query.shop)?.id,
      statusCodes: code === null ? undefined : [code],
      ...daysOf(query),
      after: isFile ? '' : query.after,
      limit: isFile ? CSV_SIZE : pageSize + 1,
    });
    if (isFile)
      return sendCsv(
        reply,
        'orders',
        CSV_HEAD,
        rows.map((row) => csvRow(row, reach)),
      );
    const shown = rows.slice(0, pageSize);
    const next = rows.length > pageSize ? (shown.at(-1)?.cursor ?? null) : null;
    const body = html`${tabs(
      '/orders',
      query,
      orderViews.map((name) => ({ name, label: viewTexts[name].label })),
      view,
    )}
    ${await viewsBar(prisma, { session, path: '/orders', query })}
    ${filters('/orders', query, [
      { name: 'shop', label: 'Shop', choices: shopChoices(reach) },
      {
        name: 'status',
        label: 'Status',
        choices: statuses.order.map(({ code: each, name }) => [String(each), `${each} ${name}`]),
      },
      { name: 'from', label: 'Ordered from', type: 'date' },
      { name: 'to', label: 'to', type: 'date' },
    ])}
    ${card({ id: 'list', title: viewTexts[view].label, isFull: true, body: orderTable(shown, reach, deps.clock.now(), viewTexts[view].empty) })}
    ${pager('/orders', query, shown.length, next)}`;
    return sendPage(reply, {
      title: 'Orders',
      session,
      body,
      actions: html`<a class="button quiet" href="/orders${queryWith({ ...query, after: '', format: 'csv' })}"
        >Export as CSV</a
      >`,
    });
  });
}

/** Where the page of an order is. */
function orderPath({ documentKey, tiktokOrderId }: Pick<OrderRow, 'documentKey' | 'tiktokOrderId'>): string {
  return documentKey === null ? `/orders/tiktok/${tiktokOrderId}` : `/orders/${documentKey}`;
}

function orderTable(rows: readonly OrderRow[], reach: Reach, now: Date, empty: string): Html {
  return dataTable({
    caption: 'Orders',
    rows,
    empty,
    columns: [
      {
        title: 'Order',
        cell: (row) =>
          html`<a href="${orderPath(row)}" class="num">${row.tiktokOrderId}</a
            ><span class="sub">${row.documentKey !== null && `key ${row.documentKey}`}</span>`,
      },
      {
        title: 'Shop',
        cell: ({ connectionId }) => shopName(reach.connections.find(({ id }) => id === connectionId)),
      },
      { title: 'Ordered', cell: ({ orderedAt }) => moment(orderedAt, now) },
      { title: 'Status', isQuiet: false, cell: (row) => stateOf(row) },
      { title: 'In TikTok', cell: ({ tiktokStatus }) => wordsOf(tiktokStatus) },
      {
        title: 'Open pieces',
        isNumber: true,
        cell: ({ open, pieces, documentKey }) => (documentKey === null ? '–' : `${open} of ${pieces}`),
      },
      {
        title: 'Total',
        isNumber: true,
        cell: ({ total, currency }) => (total === null ? '–' : `${plainAmount(total)} ${currency}`),
      },
      { title: 'Ship by', cell: ({ shipBy, open }) => (open > 0 ? moment(shipBy, now, '–') : '–') },
    ],
  });
}

function stateOf({ state, statusCode, gateReason, releaseAt, errorMessage }: OrderRow): Html {
  if (statusCode !== null)
    return html`${statusChip('order', statusCode)}${errorMessage && html`<span class="sub">${errorMessage}</span>`}`;
  return html`${orderStateChip(state)}<span class="sub"
      >${gateReason}${releaseAt && ` Looked at again at ${showTime(releaseAt)}.`}</span
    >`;
}

/** TikTok's word for people: `AWAITING_SHIPMENT` is `Awaiting shipment`. */
export function wordsOf(word: string): string {
  const text = word.replaceAll('_', ' ').toLowerCase();
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

/** Two decimals at least, and no noughts behind them. */
export function plainAmount(decimal: string): string {
  const [whole = '', rest = ''] = decimal.split('.');
  let end = rest.length;
  while (end > 2 && rest[end - 1] === '0') end -= 1;
  return `${whole}.${rest.slice(0, end).padEnd(2, '0')}`;
}

const CSV_HEAD = [
  'TikTokOrderId',
  'LogicbrokerKey',
  'Shop',
  'OrderedAt',
  'State',
  'StatusCode',
  'Status',
  'TikTokStatus',
  'Pieces',
  'OpenPieces',
  'Total',
  'Currency',
  'ShipBy',
  'Reason',
];

function csvRow(row: OrderRow, reach: Reach): (string | number | Date | null)[] {
  const shop = shopName(reach.connections.find(({ id }) => id === row.connectionId));
  const status = row.statusCode === null ? null : statusName('order', row.statusCode);
  return [
    row.tiktokOrderId,
    row.documentKey,
    shop,
    row.orderedAt,
    row.state,
    row.statusCode,
    status,
    row.tiktokStatus,
    row.pieces,
    row.open,
    row.total,
    row.currency,
    row.shipBy,
    row.errorMessage ?? row.gateReason,
  ];
}
