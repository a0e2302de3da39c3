import type { FastifyInstance } from 'fastify';
import { may } from '../../companies/permissions.js';
import { atDeadline, deadlineKinds, type Deadline, type DeadlineKind } from '../../deadlines/deadline.js';
import { html, type Html } from '../html.js';
import { documentHref } from '../kind-paths.js';
import { CSV_SIZE, readQuery } from '../list-query.js';
import { card } from '../parts/card.js';
import { chip } from '../parts/chip.js';
import { sendCsv } from '../parts/csv-file.js';
import { dataTable } from '../parts/data-table.js';
import { filters, queryWith, tabs } from '../parts/list-parts.js';
import { showTime, span } from '../parts/times.js';
import type { PortalDeps } from '../portal-deps.js';
import { chosenShop, reachOf, shopChoices, type Reach } from '../reach.js';
import { deadlineRows, deadlineViews, type DeadlineView } from '../reports/deadline-report.js';
import { shopName } from '../reports/needs-report.js';
import { sendPage } from '../send-page.js';
import { actorOf, requireSession } from '../session-guard.js';

const viewTexts: Record<DeadlineView, { label: string; empty: string }> = {
  all: { label: 'All', empty: 'TikTok waits for nothing.' },
  overdue: { label: 'Overdue', empty: 'Nothing is overdue.' },
  '4h': { label: 'In 4 hours', empty: 'Nothing is due within 4 hours.' },
  '24h': { label: 'In 24 hours', empty: 'Nothing is due within 24 hours.' },
};

const kindTexts: Record<DeadlineKind, { label: string; step: string; path: (deadline: Deadline) => string }> =
  {
    'order-ship': { label: 'Ship', step: 'Ship', path: ({ key }) => `/orders/${key}/ship` },
    'cancellation-request': {
      label: 'Buyer asks to cancel',
      step: 'Answer',
      path: ({ key }) => `/orders/${key}`,
    },
    'return-answer': { label: 'Return', step: 'Answer', path: ({ key }) => `/returns/${key}` },
    'refund-request': { label: 'Refund request', step: 'Look', path: ({ key }) => `/orders/${key}` },
  };

const MOST = 300;
const NAMES = ['view', 'kind', 'shop', 'format'] as const;

/** What must be shipped or answered by a time. */
export function registerDeadlinePages(app: FastifyInstance, deps: PortalDeps): void {
  app.get('/deadlines', async (request, reply) => {
    const session = requireSession(request);
    const by = actorOf(request);
    const now = deps.clock.now();
    const { format, ...query } = readQuery(request.query, NAMES);
    const reach = await reachOf(deps.db.prisma, by);
    const view = deadlineViews.find((each) => each === query.view) ?? 'all';
    const rows = await deadlineRows(deps.db.prisma, {
      companyIds: reach.companyIds,
      view,
      kind: query.kind,
      connectionId: chosenShop(reach, query.shop)?.id,
      now,
      limit: format === 'csv' ? CSV_SIZE : MOST,
    });
    if (format === 'csv') {
      const head = [
        'DueAt',
        'Kind',
        'Reference',
        'TikTokOrderId',
        'LogicbrokerKey',
        'OpenPieces',
        'UnderWay',
      ];
      return sendCsv(
        reply,
        'deadlines',
        head,
        rows.map((row) => [
          row.dueAt,
          row.kind,
          row.reference,
          row.partnerPo,
          row.key,
          row.openPieces,
          String(row.underWay),
        ]),
      );
    }
    const body = html`${tabs(
      '/deadlines',
      query,
      deadlineViews.map((name) => ({ name, label: viewTexts[name].label })),
      view,
    )}
    ${filters('/deadlines', query, [
      { name: 'kind', label: 'Kind', choices: deadlineKinds.map((kind) => [kind, kindTexts[kind].label]) },
      { name: 'shop', label: 'Shop', choices: shopChoices(reach) },
    ])}
    ${card({
      id: 'list',
      title: viewTexts[view].label,
      end: rows.length === MOST && `the ${MOST} most urgent`,
      isFull: true,
      body: deadlineTable(rows, reach, now, { empty: viewTexts[view].empty, mayAct: may(by, 'operate') }),
    })}`;
    return sendPage(reply, {
      title: 'Deadlines',
      session,
      body,
      actions: html`<a class="button quiet" href="/deadlines${queryWith({ ...query, format: 'csv' })}"
        >Export as CSV</a
      >`,
    });
  });
}

function deadlineTable(
  rows: readonly Deadline[],
  reach: Reach,
  now: Date,
  { empty, mayAct }: { empty: string; mayAct: boolean },
): Html {
  return dataTable({
    caption: 'Deadlines',
    rows,
    empty,
    columns: [
      {
        title: 'Document',
        cell: ({ documentType, key, reference, partnerPo }) =>
          html`<a href="${documentHref(documentType, key)}">${reference}</a
            >${partnerPo !== reference && html`<span class="sub">order ${partnerPo}</span>`}`,
      },
      {
        title: 'Kind',
        cell: ({ kind, underWay }) =>
          html`${kindTexts[kind].label}${underWay && html` ${chip('info', 'under way')}`}`,
      },
      {
        title: 'Left',
        cell: ({ dueAt }) => {
          const left = dueAt.getTime() - now.getTime();
          const words = left > 0 ? `${span(left)} left` : `overdue ${span(-left)}`;
          return html`${chip(left <= 0 ? 'bad' : left < 4 * 3_600_000 ? 'warn' : 'idle', words)}<span
              class="sub"
              >${showTime(dueAt)}</span
            >`;
        },
      },
      { title: 'Open', isNumber: true, cell: ({ openPieces }) => openPieces ?? '–' },
      {
        title: 'Shop',
        cell: ({ connectionId }) => shopName(reach.connections.find(({ id }) => id === connectionId)),
      },
      { title: 'What happens then', cell: (row) => atDeadline(row) },
      {
        title: 'Next step',
        isQuiet: true,
        cell: (row) =>
          mayAct &&
          !row.underWay &&
          html`<a class="button quiet small" href="${kindTexts[row.kind].path(row)}"
            >${kindTexts[row.kind].step}<span class="away"> ${row.reference}</span></a
          >`,
      },
    ],
  });
}
