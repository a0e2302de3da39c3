import type { FastifyInstance } from 'fastify';
import { may } from '../../companies/permissions.js';
import { confirmImport, refuseImport } from '../../imports/confirm-import.js';
import { getConnection } from '../../connections/connection-store.js';
import { reportCsv, reportLine } from '../../imports/file-report.js';
import { findImport, listFindings } from '../../imports/find-imports.js';
import type { ImportRecord } from '../../imports/import.js';
import type { FastifyRequest } from 'fastify';
import { AppError } from '../../kernel/errors.js';
import { PRODUCT_FEED } from '../../products/feed/product-feed.js';
import { readId } from '../forms.js';
import { html, type Html } from '../html.js';
import { notice } from '../layout.js';
import { PAGE_SIZE, readQuery } from '../list-query.js';
import { card, facts } from '../parts/card.js';
import { chip, type Look } from '../parts/chip.js';
import { dataTable } from '../parts/data-table.js';
import { filters, pager } from '../parts/list-parts.js';
import { postForm } from '../parts/post-form.js';
import { moment, showTime } from '../parts/times.js';
import { inWords } from '../parts/value-tree.js';
import type { PortalDeps } from '../portal-deps.js';
import { chosenShop, reachOf, shopChoices } from '../reach.js';
import { importRows } from '../reports/inventory-report.js';
import { shopName } from '../reports/needs-report.js';
import { sendPage } from '../send-page.js';
import { actorOf, requireSession } from '../session-guard.js';
import { doneText } from './done-texts.js';
import { feedProductsCard } from './feed-products-card.js';

const states: Record<string, readonly [Look, string]> = {
  receiving: ['info', 'arriving'],
  received: ['info', 'being read'],
  applied: ['good', 'applied'],
  held: ['bad', 'held'],
  replaced: ['idle', 'replaced'],
  tried: ['hold', 'dry run'],
  refused: ['bad', 'refused'],
};
/** Rows of a report that a page shows; the file has them all. */
const MOST_ROWS = 100;
const NAMES = ['shop', 'kind', 'state', 'after'] as const;

/** Files that came, by whatever way, and what became of their rows. */
export function registerFeedPages(app: FastifyInstance, deps: PortalDeps): void {
  const { feedKinds } = deps.imports;
  const labelOf = (code: string): string => feedKinds.find((kind) => kind.code === code)?.label ?? code;

  app.get('/feeds', async (request, reply) => {
    const session = requireSession(request);
    const by = actorOf(request);
    const query = readQuery(request.query, NAMES);
    const reach = await reachOf(deps.db.prisma, by);
    const shop = chosenShop(reach, query.shop);
    const rows = await importRows(deps.db.prisma, {
      connectionIds: shop ? [shop.id] : reach.connections.map(({ id }) => id),
      kind: query.kind,
      state: query.state,
      after: /^\d{1,9}$/.test(query.after) ? Number(query.after) : null,
      limit: PAGE_SIZE + 1,
    });
    const shown = rows.slice(0, PAGE_SIZE);
    const now = deps.clock.now();
    const body = html`${filters('/feeds', query, [
      { name: 'shop', label: 'Shop', choices: shopChoices(reach) },
      { name: 'kind', label: 'Kind', choices: feedKinds.map(({ code, label }) => [code, label]) },
      {
        name: 'state',
        label: 'State',
        choices: Object.entries(states).map(([name, [, words]]) => [name, words]),
      },
    ])}
    ${card({
      id: 'list',
      title: 'Files',
      isFull: true,
      body: dataTable({
        caption: 'Files',
        rows: shown,
        empty: 'No file has come yet: upload one, or POST it.',
        columns: [
          {
            title: 'File',
            cell: ({ id, fileName }) =>
              html`<a href="/feeds/${id}">${fileName ?? `import ${id}`}</a
                ><span class="sub">import ${id}</span>`,
          },
          { title: 'Kind', cell: ({ kind }) => labelOf(kind) },
          {
            title: 'Shop',
            cell: ({ connectionId }) => shopName(reach.connections.find(({ id }) => id === connectionId)),
          },
          {
            title: 'State',
            cell: ({ state, reason }) =>
              html`${stateChip(state)}${reason && html`<span class="sub">${reason}</span>`}`,
          },
          { title: 'Rows', isNumber: true, cell: ({ counts }) => counts['rows'] ?? '–' },
          { title: 'Not taken', isNumber: true, cell: ({ counts }) => counts['errors'] ?? 0 },
          {
            title: 'Came',
            cell: ({ receivedAt, via }) => html`${moment(receivedAt, now)}<span class="sub">by ${via}</span>`,
          },
        ],
      }),
    })}
    ${pager('/feeds', query, shown.length, rows.length > PAGE_SIZE ? String(shown.at(-1)?.id) : null)}`;
    const specification = reach.connections.find(({ shopId }) => shopId !== null);
    return sendPage(reply, {
      title: 'Feeds and files',
      session,
      body,
      actions: html`${specification && html`<a class="button quiet" href="/connections/${specification.id}/products/specification">View Feed Specifications</a>`}
      ${may(by, 'operate') && html`<a class="button" href="/inventory/upload">Upload a file</a>`}`,
    });
  });

  app.get('/feeds/:id', async (request, reply) => {
    const session = requireSession(request);
    const by = actorOf(request);
    const record = await importInPath(deps, request);
    const [findings, reach] = await Promise.all([
      listFindings(deps.db.prisma, record.id),
      reachOf(deps.db.prisma, by),
    ]);
    const isComing = record.state === 'receiving' || record.state === 'received';
    const done = doneText(request);
    const mayAct = may(by, 'operate');
    const errors = record.counts.errors ?? 0;
    const isProducts = record.kind === PRODUCT_FEED && !record.dryRun && !isComing;
    const post = (what: string, label: string, look: string): Html =>
      postForm(session, `/feeds/${record.id}/${what}`, label, look);
    const body = html`${done && notice('good', done)}
      ${isComing && notice('good', 'The file is being read; this page follows it to its end.')}
      ${record.reason && notice(record.state === 'applied' ? 'good' : 'bad', record.reason)}
      ${
        record.state === 'tried' &&
        notice(
          'good',
          `Nothing was changed: this was a dry run.${errors > 0 ? ` ${errors} rows would not be taken.` : ''}`,
          undefined,
          mayAct && post('apply', 'Apply this file', ''),
        )
      }
      ${
        record.state === 'held' &&
        mayAct &&
        html`<div class="acts">
          ${post('confirm', 'It is meant so: apply it', '')}${post('refuse', 'It is a mistake: forget it', 'danger')}
        </div>`
      }
      <div class="cols">
        <div class="stack">
          ${isProducts && (await feedProductsCard(deps, { session, record, mayAct }))}
          ${card({
            id: 'rows',
            title: 'What is to be said about rows',
            end: findings.length > 0 && html`<a href="/feeds/${record.id}/rows.csv">All of it as CSV</a>`,
            isFull: true,
            body: dataTable({
              caption: 'Rows with something to say',
              rows: findings.slice(0, MOST_ROWS),
              empty: isComing ? 'Not read yet.' : 'Nothing: every row was taken as it stands there.',
              columns: [
                { title: 'Row', cell: ({ at }) => at.row },
                { title: 'Column', cell: ({ at }) => at.column ?? at.letter },
                { title: 'Value', cell: ({ value }) => value !== null && html`<code>${value}</code>` },
                {
                  title: 'What is wrong',
                  cell: ({ message, next }) =>
                    html`${message}${next && html`<span class="sub">${next}</span>`}`,
                },
                {
                  title: 'Taken?',
                  cell: ({ level }) =>
                    chip(level === 'error' ? 'bad' : 'warn', level === 'error' ? 'not taken' : level),
                },
              ],
            }),
          })}
        </div>
        <div class="stack">
          ${card({
            id: 'facts',
            title: 'Facts',
            body: facts([
              ['Kind', labelOf(record.kind)],
              ['Shop', shopName(reach.connections.find(({ id }) => id === record.connectionId))],
              ['Came', showTime(record.receivedAt)],
              ['Read', isComing ? null : showTime(record.finishedAt)],
              ['By', record.by?.name],
              ['Bytes', record.bytes],
              ...Object.entries(record.counts)
                .filter(([name, count]) => count !== 0 || name === 'rows' || name === 'errors')
                .map(([name, count]) => [inWords(name), count] as const),
            ]),
          })}
          ${
            record.warnings.length > 0 &&
            card({
              id: 'remarks',
              title: 'Remarks',
              body: html`<ul>
                ${record.warnings.map((each) => html`<li>${each}</li>`)}
              </ul>`,
            })
          }
        </div>
      </div>`;
    return sendPage(reply, {
      title: record.fileName ?? `Import ${record.id}`,
      session,
      body,
      crumbs: [['/feeds', 'Feeds and files']],
      beside: stateChip(record.state),
      refreshSeconds: isComing ? 2 : undefined,
    });
  });

  app.get('/feeds/:id/rows.csv', async (request, reply) => {
    const record = await importInPath(deps, request);
    const lines = (await listFindings(deps.db.prisma, record.id)).map(reportLine);
    return reply
      .type('text/csv; charset=utf-8')
      .header('cache-control', 'no-store')
      .header('content-disposition', `attachment; filename="rows-${record.id}.csv"`)
      .send(reportCsv(lines));
  });

  app.post('/feeds/:id/confirm', async (request, reply) => {
    const record = await importInPath(deps, request);
    const connection = await getConnection(deps.db.prisma, { id: record.connectionId });
    await deps.takeTurn(() => confirmImport(deps.imports, { connection, record, by: actorOf(request) }));
    return reply.redirect(`/feeds/${record.id}?done=confirmed`, 303);
  });

  app.post('/feeds/:id/refuse', async (request, reply) => {
    const record = await importInPath(deps, request);
    const connection = await getConnection(deps.db.prisma, { id: record.connectionId });
    await refuseImport(deps.imports, { connection, record, by: actorOf(request) });
    return reply.redirect(`/feeds/${record.id}?done=refused`, 303);
  });
}

function stateChip(state: string): Html {
  const [look, words] = states[state] ?? ['idle', state];
  return chip(look, words);
}

/** @throws AppError not-found, also for another company's */
export async function importInPath(deps: PortalDeps, request: FastifyRequest): Promise<ImportRecord> {
  const { companyIds } = await reachOf(deps.db.prisma, actorOf(request));
  const id = readId(request.params);
  const owner = await deps.db.prisma.import.findFirst({
    where: { id, companyId: { in: companyIds } },
    select: { companyId: true },
  });
  const record = owner && (await findImport(deps.db.prisma, { companyId: owner.companyId, id }));
  if (record) return record;
  throw new AppError('not-found', 'There is no such file.');
}
