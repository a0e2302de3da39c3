import { pullOrdersFlow } from '../orders/order-flow.js';
import type { Company } from '../companies/company-store.js';
import type { OperatorSession } from '../companies/operator-session-store.js';
import type { Connection } from '../connections/connection.js';
import { html, type Html } from './html.js';
import { csrfField, showTime } from './layout.js';
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
  return html`${flow.lastOutcome} at
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
  const rows = view.connections.map((connection) => connectionRow(view, connection));
  return html`<p><a class="button" href="/connections/new">Connect a shop</a></p>
    <section class="scroll">
      ${
        rows.length === 0
          ? html`<p>No shop is connected yet.</p>`
          : html`<table>
              <thead>
                <tr>
                  <th scope="col">Connection</th>
                  <th scope="col">Company</th>
                  <th scope="col">Shop</th>
                  <th scope="col">Status</th>
                  <th scope="col">Order pull</th>
                  <th scope="col"><span class="muted">Action</span></th>
                </tr>
              </thead>
              <tbody>
                ${rows}
              </tbody>
            </table>`
      }
    </section>`;
}

function connectionRow(view: ConnectionListView, connection: Connection): Html {
  const company = view.companies.find(({ id }) => id === connection.companyId);
  const pull = view.flows.find(
    ({ connectionId, flow }) => connectionId === connection.id && flow.name === pullOrdersFlow.name,
  );
  return html`<tr>
    <td><a href="/connections/${connection.id}">${connection.name}</a></td>
    <td>${company?.name}</td>
    <td>${connection.shopName ?? '–'} ${connection.shopRegion && html`(${connection.shopRegion})`}</td>
    <td>${statusBadge(connection.status)}</td>
    <td>${pull ? flowOutcome(pull) : '–'}</td>
    <td>${pull && connection.status === 'active' && runNowForm(view.session, pull)}</td>
  </tr>`;
}
