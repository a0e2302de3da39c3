import type { FastifyInstance } from 'fastify';
import type { DocumentType } from '../../logicbroker/document-types.js';
import { statuses, statusName } from '../../logicbroker/statuses.js';
import { html, type Html } from '../html.js';
import { kindPaths, documentHref } from '../kind-paths.js';
import { CSV_SIZE, daysOf, pageSizeOf, readQuery } from '../list-query.js';
import { card } from '../parts/card.js';
import { sendCsv } from '../parts/csv-file.js';
import { dataTable, type Column } from '../parts/data-table.js';
import { filters, pager, queryWith, tabs } from '../parts/list-parts.js';
import { statusChip } from '../parts/status-chip.js';
import { moment } from '../parts/times.js';
import type { PortalDeps } from '../portal-deps.js';
import { chosenShop, reachOf, shopChoices, type Reach } from '../reach.js';
import { documentRows, type DocumentRow } from '../reports/document-report.js';
import { shopName } from '../reports/needs-report.js';
import { sendPage } from '../send-page.js';
import { actorOf, requireSession } from '../session-guard.js';
import { wordsOf } from './order-list-routes.js';
import { viewsBar } from './view-routes.js';

interface ListTexts {
  title: string;
  number: string;
  empty: string;
  /** Columns that only this kind has. */
  columns: (now: Date) => readonly Column<DocumentRow>[];
}

const ackKinds: Record<string, string> = {
  accept: 'Accepted by the ERP',
  backorder: 'Backordered by the ERP',
  cancel: 'Cancelled by the ERP',
  pulled: 'Cancelled in TikTok',
};

/** What people see of a kind in a list. Invoices have no list: TikTok is told nothing of them. */
export const listTexts: Partial<Record<DocumentType, ListTexts>> = {
  shipment: {
    title: 'Shipments',
    number: 'Shipment',
    empty: 'No shipment yet: the ERP sends them, or Ship items on the page of an order.',
    columns: () => [
      {
        title: 'Tracking number',
        cell: ({ tracking }) => tracking && html`<span class="mono">${tracking}</span>`,
      },
    ],
  },
  acknowledgement: {
    title: 'Cancellations and acknowledgements',
    number: 'Number',
    empty: 'No order was accepted or cancelled yet.',
    columns: () => [{ title: 'What', cell: ({ ackKind }) => ackKinds[ackKind ?? ''] ?? ackKind }],
  },
  return: {
    title: 'Returns',
    number: 'Return',
    empty: 'No buyer has asked to give anything back.',
    columns: (now) => [
      {
        title: 'TikTok asks',
        cell: ({ nextAction }) => nextAction && wordsOf(nextAction.replace(/^SELLER_/, '')),
      },
      { title: 'Answer by', cell: ({ answerBy }) => answerBy && moment(answerBy, now) },
    ],
  },
};

const NAMES = ['view', 'shop', 'status', 'from', 'to', 'size', 'after', 'format'] as const;

/** Lists of the documents that belong to orders. */
export function registerDocumentLists(app: FastifyInstance, deps: PortalDeps): void {
  for (const [name, texts] of Object.entries(listTexts)) {
    const type = name as DocumentType;
    const path = kindPaths[type];
    app.get(path, async (request, reply) => {
      const session = requireSession(request);
      const { prisma } = deps.db;
      const { format, ...query } = readQuery(request.query, NAMES);
      const reach = await reachOf(prisma, actorOf(request));
      const view =
        query.view === 'problems' || (query.view === 'open' && type === 'return') ? query.view : 'all';
      const code = /^-?\d{1,4}$/.test(query.status) ? Number(query.status) : null;
      const isFile = format === 'csv';
      const pageSize = pageSizeOf(query);
      const rows = await documentRows(prisma, {
        companyIds: reach.companyIds,
        type,
        connectionId: chosenShop(reach, query.shop)?.id,
        statusCodes: view === 'problems' ? [1200] : code === null ? undefined : [code],
        isOpen: view === 'open',
        ...daysOf(query),
        after: !isFile && /^\d{1,9}$/.test(query.after) ? Number(query.after) : null,
        limit: isFile ? CSV_SIZE : pageSize + 1,
      });
      if (isFile)
        return sendCsv(
          reply,
          path.slice(1),
          CSV_HEAD,
          rows.map((row) => csvRow(type, row, reach)),
        );
      const shown = rows.slice(0, pageSize);
      const next = rows.length > pageSize ? String(shown.at(-1)?.key) : null;
      const views = [
        { name: 'all', label: 'All' },
        ...(type === 'return' ? [{ name: 'open', label: 'To answer' }] : []),
        { name: 'problems', label: 'Problems' },
      ];
      const body = html`${tabs(path, query, views, view)} ${await viewsBar(prisma, { session, path, query })}
      ${filters(path, query, [
        { name: 'shop', label: 'Shop', choices: shopChoices(reach) },
        {
          name: 'status',
          label: 'Status',
          choices: statuses[type].map(({ code: each, name: word }) => [String(each), `${each} ${word}`]),
        },
        { name: 'from', label: 'From', type: 'date' },
        { name: 'to', label: 'to', type: 'date' },
      ])}
      ${card({ id: 'list', title: texts.title, isFull: true, body: listTable(type, texts, shown, reach, deps.clock.now()) })}
      ${pager(path, query, shown.length, next)}`;
      return sendPage(reply, {
        title: texts.title,
        session,
        body,
        actions: html`<a
          class="button quiet"
          href="${path}${queryWith({ ...query, after: '', format: 'csv' })}"
          >Export as CSV</a
        >`,
      });
    });
  }
}

function listTable(
  type: DocumentType,
  texts: ListTexts,
  rows: readonly DocumentRow[],
  reach: Reach,
  now: Date,
): Html {
  return dataTable({
    caption: texts.title,
    rows,
    empty: texts.empty,
    columns: [
      {
        title: texts.number,
        cell: ({ key, reference }) =>
          html`<a href="${documentHref(type, key)}">${reference}</a><span class="sub">key ${key}</span>`,
      },
      {
        title: 'Order',
        cell: ({ parentKey, partnerPo }) =>
          parentKey === null ? partnerPo : html`<a href="/orders/${parentKey}" class="num">${partnerPo}</a>`,
      },
      {
        title: 'State',
        cell: ({ statusCode, errorMessage }) =>
          html`${statusChip(type, statusCode)}${errorMessage && html`<span class="sub">${errorMessage}</span>`}`,
      },
      ...texts.columns(now),
      {
        title: 'Shop',
        cell: ({ connectionId }) => shopName(reach.connections.find(({ id }) => id === connectionId)),
      },
      { title: 'Received', cell: ({ documentDate }) => moment(documentDate, now) },
      {
        title: 'Attempts',
        isNumber: true,
        cell: ({ attempts, nextAttemptAt }) =>
          html`${attempts}${nextAttemptAt && html`<span class="sub">next ${moment(nextAttemptAt, now)}</span>`}`,
      },
    ],
  });
}

const CSV_HEAD = [
  'Number',
  'LogicbrokerKey',
  'OrderKey',
  'TikTokOrderId',
  'Shop',
  'StatusCode',
  'Status',
  'Received',
  'Tracking',
  'Attempts',
  'ErrorMessage',
];

function csvRow(type: DocumentType, row: DocumentRow, reach: Reach): (string | number | Date | null)[] {
  const shop = shopName(reach.connections.find(({ id }) => id === row.connectionId));
  const { reference, key, parentKey, partnerPo, statusCode, documentDate, tracking, attempts, errorMessage } =
    row;
  return [
    reference,
    key,
    parentKey,
    partnerPo,
    shop,
    statusCode,
    statusName(type, statusCode),
    documentDate,
    tracking,
    attempts,
    errorMessage,
  ];
}
