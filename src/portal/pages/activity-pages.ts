import type { FastifyInstance } from 'fastify';
import { html, type Html } from '../html.js';
import { CSV_SIZE, daysOf, PAGE_SIZE, readQuery } from '../list-query.js';
import { card } from '../parts/card.js';
import { sendCsv } from '../parts/csv-file.js';
import { dataTable } from '../parts/data-table.js';
import { filters, pager, queryWith } from '../parts/list-parts.js';
import { exact } from '../parts/times.js';
import { inWords } from '../parts/value-tree.js';
import type { PortalDeps } from '../portal-deps.js';
import { reachOf } from '../reach.js';
import { activityRows, type ActivityRow } from '../reports/activity-report.js';
import { sendPage } from '../send-page.js';
import { actorOf, requireSession } from '../session-guard.js';

const NAMES = ['action', 'actor', 'from', 'to', 'after', 'format'] as const;
const AREAS = [
  ['settings', 'Settings'],
  ['key', 'API keys'],
  ['connection', 'Connections'],
  ['operator', 'Operators'],
  ['session', 'Log-ins'],
  ['flow', 'Runs by hand'],
  ['import', 'Files'],
  ['inventory', 'Inventory'],
  ['product', 'Products'],
  ['effect', 'Decisions'],
  ['buyer', "Buyers' data"],
  ['company', 'Companies'],
  ['table', 'Look-up tables'],
] as const;
const CSV_HEAD = [
  'Time',
  'Action',
  'Subject',
  'Who',
  'Via',
  'From',
  'Company',
  'Connection',
  'Before',
  'After',
];

/** Who changed what: the trail, as far as one may see it. */
export function registerActivityPages(app: FastifyInstance, deps: PortalDeps): void {
  app.get('/activity', async (request, reply) => {
    const session = requireSession(request);
    const by = actorOf(request);
    const { format, ...query } = readQuery(request.query, NAMES);
    const { companyIds } = await reachOf(deps.db.prisma, by);
    const isFile = format === 'csv';
    const rows = await activityRows(deps.db.prisma, {
      companyIds: by.role === 'administrator' ? null : companyIds,
      action: query.action,
      actor: query.actor,
      ...daysOf(query),
      after: !isFile && /^\d{1,18}$/.test(query.after) ? BigInt(query.after) : null,
      limit: isFile ? CSV_SIZE : PAGE_SIZE + 1,
    });
    if (isFile) {
      const lines = rows.map((row) => [
        row.createdAt,
        row.action,
        row.subject,
        row.actorName,
        row.actorVia,
        row.actorFrom,
        row.companyId,
        row.connectionId,
        row.before,
        row.after,
      ]);
      return sendCsv(reply, 'activity', CSV_HEAD, lines);
    }
    const shown = rows.slice(0, PAGE_SIZE);
    const body = html`${filters('/activity', query, [
      { name: 'action', label: 'What', choices: AREAS },
      { name: 'actor', label: 'Who' },
      { name: 'from', label: 'From', type: 'date' },
      { name: 'to', label: 'to', type: 'date' },
    ])}
    ${card({
      id: 'list',
      title: 'Activity',
      end: 'the newest first, times in UTC',
      isFull: true,
      body: dataTable({
        caption: 'Activity',
        rows: shown,
        empty: 'Nobody has changed anything.',
        columns: [
          { title: 'When', cell: ({ createdAt }) => exact(createdAt) },
          {
            title: 'Who',
            cell: ({ actorName, actorVia, actorFrom }) =>
              html`${actorName ?? 'not known'}<span class="sub"
                  >${actorVia}${actorFrom && `, ${actorFrom}`}</span
                >`,
          },
          {
            title: 'What',
            cell: ({ action, subject }) => html`${actionWords(action)}<span class="sub">${subject}</span>`,
          },
          { title: 'From, to', cell: (row) => changesOf(row) },
        ],
      }),
    })}
    ${pager('/activity', query, shown.length, rows.length > PAGE_SIZE ? String(shown.at(-1)?.id) : null)}`;
    return sendPage(reply, {
      title: 'Activity',
      session,
      body,
      actions: html`<a
        class="button quiet"
        href="/activity${queryWith({ ...query, after: '', format: 'csv' })}"
        >Export as CSV</a
      >`,
    });
  });
}

/** `settings.changed` is `Settings changed`. */
function actionWords(action: string): string {
  const text = action.replaceAll(/[.-]/g, ' ');
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

/** What was and what is, member by member, where the trail has kept both. */
function changesOf({ before, after }: ActivityRow): Html | null {
  const [was, is] = [membersOf(before), membersOf(after)];
  const names = [...new Set([...Object.keys(was), ...Object.keys(is)])];
  if (names.length === 0) return null;
  return html`${names.map(
    (name) =>
      html`<span class="sub"
        >${inWords(name)}: ${name in was && html`${was[name]} → `}${name in is ? is[name] : 'gone'}</span
      >`,
  )}`;
}

const LONGEST_SHOWN = 200;

function membersOf(text: string | null): Record<string, string> {
  if (text === null) return {};
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return { value: String(value) };
    const shown = (member: unknown): string =>
      (typeof member === 'string' ? member : JSON.stringify(member)).slice(0, LONGEST_SHOWN);
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, shown(member)]));
  } catch {
    return { value: text.slice(0, LONGEST_SHOWN) };
  }
}
