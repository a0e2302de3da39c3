import type { Connection } from '../../connections/connection.js';
import { statusBadge } from '../connection-list.js';
import { html, type Html } from '../html.js';
import { card } from '../parts/card.js';
import { chip, type Look } from '../parts/chip.js';
import { dataTable } from '../parts/data-table.js';
import { hourChart } from '../parts/hour-chart.js';
import { countWords, outcomeWords } from '../parts/run-words.js';
import { moment, showTime, span } from '../parts/times.js';
import type { DeadlineCounts, OrderStates, ShopFacts } from '../reports/dashboard-report.js';
import { shopName, type Need } from '../reports/needs-report.js';

interface DashboardView {
  now: Date;
  needs: readonly Need[];
  deadlines: DeadlineCounts;
  states: OrderStates;
  perHour: readonly { hour: Date; count: number }[];
  connections: readonly Connection[];
  facts: ReadonlyMap<number, ShopFacts>;
  /** Where the API is. */
  publicUrl: string;
}

export function dashboardPage(view: DashboardView): Html {
  const { now, needs, connections, facts } = view;
  if (connections.length === 0) return firstSteps(view.publicUrl);
  const unsent = connections.flatMap(({ id }) => facts.get(id)?.unsentSince ?? []);
  return html`<div class="stack">
    ${needsCard(needs, now, { id: 'need', all: true })} ${tiles(view.deadlines, unsent, now)}
    ${orderCard(view.states)}
    <div class="cols">
      ${card({
        id: 'shops',
        title: 'Shops',
        end: html`<a href="/connections">Connections</a>`,
        body: shopTable(connections, facts, now),
        isFull: true,
      })}
      ${card({
        id: 'per-hour',
        title: 'Orders per hour',
        end: `24 h: ${view.perHour.reduce((sum, { count }) => sum + count, 0)}`,
        body: hourChart(view.perHour, now, 'Orders that came in'),
      })}
    </div>
  </div>`;
}

/** What needs somebody, as a list with one next step each. */
export function needsCard(
  needs: readonly Need[],
  now: Date,
  { id, all }: { id: string; all: boolean },
): Html {
  return card({
    id,
    title: 'Needs you',
    beside: needs.length > 0 && html`<span class="count bad">${needs.length}</span>`,
    end: all && html`<a href="/problems">All problems</a>`,
    isFull: true,
    body: dataTable({
      caption: 'What needs you',
      rows: needs,
      empty: html`${chip('good', 'Nothing needs you')} Everything that can go on by itself does.`,
      columns: [
        {
          title: 'What',
          cell: ({ look, what, where }) => html`${chip(look, what)}<span class="sub">${where}</span>`,
        },
        { title: 'Why', cell: ({ why }) => why },
        { title: 'Since', cell: ({ since }) => since && moment(since, now) },
        { title: 'How many', isNumber: true, cell: ({ count }) => count },
        {
          title: 'Next step',
          isQuiet: true,
          cell: ({ href, step, what, where }) =>
            html`<a class="button quiet small" href="${href}"
              >${step}<span class="away">: ${what}, ${where}</span></a
            >`,
        },
      ],
    }),
  });
}

function tiles({ overdue, in4h, in24h, toShip }: DeadlineCounts, unsent: readonly Date[], now: Date): Html {
  const oldest = unsent.toSorted((a, b) => a.getTime() - b.getTime())[0];
  const tile = (href: string, count: number | string, words: string, look = ''): Html =>
    html`<a class="tile ${look}" href="${href}"><b>${count}</b><span>${words}</span></a>`;
  return html`<section class="bare" aria-label="Deadlines of TikTok">
    <div class="tiles">
      ${tile('/deadlines?view=overdue', overdue, 'overdue', overdue > 0 ? 'bad' : '')}
      ${tile('/deadlines?view=4h', in4h, 'due in 4 hours', in4h > 0 ? 'warn' : '')}
      ${tile('/deadlines?view=24h', in24h, 'due in 24 hours')}
      ${tile('/orders?view=to-ship', toShip, 'orders to ship in all')}
      ${tile('/inventory?view=not-sent', oldest ? span(Math.max(0, now.getTime() - oldest.getTime())) : '0', 'oldest unsent stock change')}
    </div>
  </section>`;
}

function orderCard({ waiting, nextRelease, notImported, byStatus }: OrderStates): Html {
  const sum = (...codes: number[]): number => codes.reduce((all, code) => all + (byStatus.get(code) ?? 0), 0);
  const state = (href: string, look: Look, words: string, count: number, more: string): Html =>
    html`<a href="${href}">${chip(look, words)}<b>${count}</b><span class="s muted">${more}</span></a>`;
  return card({
    id: 'flow',
    title: 'Orders, last 7 days',
    end: 'by where they are; each leads to its list',
    body: html`<div class="pipe">
      ${state('/orders?view=on-hold', 'hold', 'On hold', waiting, nextRelease ? `the first frees at ${showTime(nextRelease).slice(11, 16)}` : '')}
      ${state('/orders?view=not-imported', 'idle', 'Not imported', notImported, 'with the reason')}
      ${state('/orders?view=new', 'info', 'New', sum(0, 100, 150), 'not fetched by the ERP')}
      ${state('/orders?status=200', 'info', 'Fetched', sum(200, 400), '')}
      ${state('/orders?status=500', 'info', 'Shipping', sum(500, 530, 600), '')}
      ${state('/orders?status=1000', 'good', 'Complete', sum(1000), '')}
      ${state('/orders?status=1100', 'idle', 'Cancelled', sum(1100), '')}
      ${state('/orders?view=problems', 'bad', 'Failed', sum(1200), '')}
    </div>`,
  });
}

function shopTable(
  connections: readonly Connection[],
  facts: ReadonlyMap<number, ShopFacts>,
  now: Date,
): Html {
  return dataTable({
    caption: 'Shops and how they do',
    rows: connections,
    empty: 'No shop is connected yet.',
    columns: [
      {
        title: 'Shop',
        cell: (connection) =>
          html`<a href="/connections/${connection.id}">${connection.shopName ?? connection.name}</a
            ><span class="sub">${shopName(connection)}</span>`,
      },
      { title: 'State', cell: ({ id, status }) => health(status, facts.get(id)) },
      {
        title: 'Orders read',
        cell: ({ id, status }) => {
          const fact = facts.get(id);
          if (status !== 'active' && status !== 'draft') return 'stands still';
          return fact?.lastPullAt
            ? html`${moment(fact.lastPullAt, now)}<span class="sub"
                  ><a href="/runs?shop=${id}&amp;flow=pull-orders"
                    >${fact.lastOutcome === 'failed' ? outcomeWords('failed') : countWords(fact.counts)}</a
                  ></span
                >`
            : html`<span class="muted">not yet</span>`;
        },
      },
      {
        title: 'Stock behind',
        cell: ({ id }) => {
          const since = facts.get(id)?.unsentSince;
          return since ? span(Math.max(0, now.getTime() - since.getTime())) : '0';
        },
      },
      {
        title: 'Token until',
        cell: ({ id, status }) => {
          const endsAt = facts.get(id)?.tokenEndsAt;
          if (status === 'needs_reauthorization') return 'ended';
          return endsAt ? html`<span class="nowrap">${showTime(endsAt).slice(0, 10)}</span>` : '–';
        },
      },
    ],
  });
}

function health(status: Connection['status'], facts: ShopFacts | undefined): Html {
  if (status !== 'active') return statusBadge(status);
  const failing = facts?.failing ?? [];
  return failing.length > 0 ? chip('bad', `${failing.length} failing`) : chip('good', 'Healthy');
}

/** An empty house: three steps, each with its place. */
function firstSteps(publicUrl: string): Html {
  return html`<section>
    <h2>Three steps to the first order</h2>
    <ol>
      <li>
        <p><a class="button" href="/connections/new">Connect a shop</a> with the account of its seller.</p>
      </li>
      <li>
        <p><a href="/companies">Create an API key</a> for the ERP.</p>
      </li>
      <li>
        <p>Make the first call:</p>
        <pre tabindex="0">curl -H "SubscriptionKey: YOUR-KEY" ${publicUrl}/api/v3/Orders/Ready</pre>
      </li>
    </ol>
  </section>`;
}
