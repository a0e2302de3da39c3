import { pullOrdersFlow } from '../orders/order-flow.js';
import type { Company } from '../companies/company-store.js';
import type { OperatorSession } from '../companies/operator-session-store.js';
import type { Connection } from '../connections/connection.js';
import { html, type Html } from './html.js';
import { csrfField, showTime } from './layout.js';
import { card } from './parts/card.js';
import { dataTable } from './parts/data-table.js';
import { outcomeWords } from './parts/run-words.js';
import type { FlowLine } from './portal-deps.js';
import type { ConnectionStatus } from '../domain/shop.js';

const statusLooks: Record<ConnectionStatus, { label: string; look: 'good' | 'warn' | 'bad' | 'muted' }> = {
  draft: { label: 'not finished', look: 'warn' },
  active: { label: 'active', look: 'good' },
  needs_reauthorization: { label: 'needs re-authorisation', look: 'bad' },
  paused: { label: 'paused', look: 'warn' },
  closed: { label: 'closed', look: 'muted' },
};

export function statusBadge(status: ConnectionStatus): Html {
  const { label, look } = statusLooks[status];
  return html`<span class="badge ${look}">${label}</span>`;
}

/** How the last run ended, in a few words. */
export function flowOutcome(flow: FlowLine): Html {
  if (flow.running) return html`running now`;
  if (!flow.lastFinishedAt) return html`never ran, next ${showTime(flow.nextAttemptAt)}`;
  return html`${outcomeWords(flow.lastOutcome)} at
  ${showTime(flow.lastFinishedAt)}${flow.lastError && html`<br /><span class="muted">${flow.lastError}</span>`}`;
}

export function runNowForm(session: OperatorSession, flow: FlowLine): Html {
  return html`<form method="post" action="/connections/${flow.connectionId}/flows/${flow.flow.name}/run">
    ${csrfField(session)}<button
      class="quiet"
      aria-label="Run now: ${flow.flow.name} of connection ${flow.connectionId}"
    >
      Run now
    </button>
  </form>`;
}

interface ConnectionListView {
  session: OperatorSession;
  companies: Company[];
  connections: Connection[];
  flows: FlowLine[];
}

export function connectionList(view: ConnectionListView): Html {
  const pullOf = ({ id }: Connection) =>
    view.flows.find(({ connectionId, flow }) => connectionId === id && flow.name === pullOrdersFlow.name);
  const failing = ({ id }: Connection) =>
    view.flows.filter(({ connectionId, lastOutcome }) => connectionId === id && lastOutcome === 'failed')
      .length;
  return card({
    id: 'list',
    title: 'Shops',
    isFull: true,
    body: dataTable({
      caption: 'Connections',
      rows: view.connections,
      empty: html`No shop is connected yet. <a href="/connections/new">Connect a shop</a> with the account of
        its seller.`,
      columns: [
        { title: 'Connection', cell: ({ id, name }) => html`<a href="/connections/${id}">${name}</a>` },
        {
          title: 'Company',
          cell: ({ companyId }) => view.companies.find(({ id }) => id === companyId)?.name,
        },
        {
          title: 'Shop',
          cell: ({ shopName, shopRegion }) => html`${shopName ?? '–'} ${shopRegion && html`(${shopRegion})`}`,
        },
        {
          title: 'Status',
          cell: (connection) =>
            html`${statusBadge(connection.status)}${failing(connection) > 0 && html`<span class="sub"><a href="/runs?shop=${connection.id}&amp;outcome=failed">${failing(connection)} schedules fail</a></span>`}`,
        },
        {
          title: 'Orders read',
          cell: (connection) => {
            const pull = pullOf(connection);
            return pull ? flowOutcome(pull) : '–';
          },
        },
        {
          title: 'Action',
          isQuiet: true,
          cell: (connection) => {
            const pull = pullOf(connection);
            return pull && connection.status === 'active' && runNowForm(view.session, pull);
          },
        },
      ],
    }),
  });
}
