import type { BudgetView } from '../sync/budgets/list-budgets.js';
import type { ShopLimit } from '../sync/budgets/shop-limits.js';
import type { WaitingEffect } from '../sync/effects/waiting-effects.js';
import { budgetSection, shopLimitNotice } from './budget-section.js';
import { connectScreen, connectWizard, type WizardView } from './connect-wizard.js';
import { flowOutcome, runNowForm } from './connection-list.js';
import { consentFacts } from './connection-steps.js';
import { html, type Html } from './html.js';
import { csrfField, notice } from './layout.js';
import { card, facts } from './parts/card.js';
import { dataTable } from './parts/data-table.js';
import { flowWords } from './parts/run-words.js';
import { moment, span } from './parts/times.js';
import type { FlowLine } from './portal-deps.js';
import type { CameIn } from './reports/shop-report.js';
import { waitingSection } from './waiting-section.js';

interface ConnectionView extends WizardView {
  now: Date;
  companyName: string;
  flows: FlowLine[];
  waiting: readonly WaitingEffect[];
  budgets: BudgetView[];
  shopLimits: readonly ShopLimit[];
  cameIn: CameIn;
  /** The oldest change of stock that TikTok lacks. */
  unsentSince: Date | null;
  /** May act. */
  mayAct: boolean;
  /** What has just been done. */
  done: string | null;
}

/** A shop that is being connected shows its step; one that is connected shows how it does. */
export function connectionPage(view: ConnectionView): Html {
  const { connection, shops } = view;
  const { status } = connection;
  const done = view.done && notice('good', view.done);
  if (status === 'closed')
    return html`${done} ${notice('warn', 'This connection is closed. Its documents stay.')}
    ${manageFacts(view)}`;
  if (status === 'draft' && !view.mayAct)
    return html`${notice('warn', 'The shop is not connected yet.')} ${manageFacts(view)}`;
  if (status === 'draft' || shops !== null)
    return html`${done} ${connectWizard(view)} ${status === 'draft' && manageSection(view)}`;
  return html`${done} ${status === 'needs_reauthorization' && reauthorizeNotice(view)}
    ${status === 'paused' && notice('warn', connection.statusReason ?? 'Paused.', undefined, view.mayAct && resumeForm(view))}
    ${view.shopLimits.map((limit) => shopLimitNotice(limit))}
    ${waitingSection(view.session, connection.id, view.waiting)}
    <div class="cols">
      <div class="stack">${cameInCard(view)} ${flowCard(view)} ${budgetSection(view.budgets)}</div>
      <div class="stack">${healthCard(view)} ${manageSection(view)} ${setUpAgain(view)}</div>
    </div>`;
}

function reauthorizeNotice({ session, connection, mayAct, baseUrls }: ConnectionView): Html {
  const baseUrl = baseUrls.find(({ environment }) => environment === connection.environment)?.baseUrl ?? '';
  const form = html`<form method="post" action="/connections/${connection.id}/connect">
    ${csrfField(session)}<input type="hidden" name="baseUrl" value="${baseUrl}" /><input
      type="hidden"
      name="isUs"
      value="${connection.isUs ? 'yes' : 'no'}"
    /><button>Connect again</button>
  </form>`;
  return notice(
    'bad',
    connection.statusReason ?? 'TikTok no longer accepts the authorisation.',
    'Press Connect again. The schedules stand still and go on where they stopped; nothing is lost.',
    mayAct && form,
  );
}

function resumeForm({ session, connection }: ConnectionView): Html {
  return html`<form method="post" action="/connections/${connection.id}/resume">
    ${csrfField(session)}<button class="small">Resume</button>
  </form>`;
}

/** What the shop has brought, each number with its list. */
function cameInCard({ connection, cameIn, now }: ConnectionView): Html {
  const { exported, waiting, notImported, nextRelease } = cameIn;
  const list = (view: string): string => `/orders?view=${view}&shop=${connection.id}`;
  return card({
    id: 'came-in',
    title: 'Orders',
    body:
      exported + waiting + notImported === 0
        ? html`<p class="muted">
            No order has come in yet. The first pull reads what waits for shipment in TikTok.
          </p>`
        : html`<p>
            <a href="${list('all')}">${exported} came in</a>,
            <a href="${list('on-hold')}">${waiting} on hold</a>${
              nextRelease && html` (the next is free ${moment(nextRelease, now)})`
            }, <a href="${list('not-imported')}">${notImported} not imported</a>, with the reason.
          </p>`,
  });
}

function flowCard({ session, connection, flows, mayAct, now }: ConnectionView): Html {
  const isActive = connection.status === 'active';
  return card({
    id: 'flows',
    title: 'Schedules',
    end: html`<a href="/runs?shop=${connection.id}">all runs</a>`,
    isFull: true,
    body: dataTable({
      caption: 'Schedules',
      rows: flows,
      empty: 'They start when a shop is saved.',
      columns: [
        {
          title: 'Schedule',
          cell: ({ flow }) =>
            html`${flowWords(flow.name)}<span class="sub">${flow.name}: ${flow.description}</span>`,
        },
        { title: 'Last run', cell: (flow) => flowOutcome(flow) },
        {
          title: 'Next run',
          cell: ({ nextAttemptAt }) => (isActive ? moment(nextAttemptAt, now) : 'stands still'),
        },
        { title: 'Action', isQuiet: true, cell: (flow) => isActive && mayAct && runNowForm(session, flow) },
      ],
    }),
  });
}

function healthCard({ connection, authorization, unsentSince, companyName, now }: ConnectionView): Html {
  return card({
    id: 'health',
    title: 'Health',
    body: html`${authorization && consentFacts(connection, authorization)}
    ${facts([
      ['Company', companyName],
      ['Shop', `${connection.shopName ?? ''} (${connection.shopRegion ?? ''})`],
      ['Partner number', connection.partnerId],
      ['Server', `${connection.environment}, Is US? ${connection.isUs ? 'Yes' : 'No'}`],
      ['Stock behind', unsentSince ? span(Math.max(0, now.getTime() - unsentSince.getTime())) : '0'],
      [
        'More',
        html`<a href="/connections/${connection.id}/settings">Settings</a> ·
          <a href="/connections/${connection.id}/shipstation">ShipStation</a> ·
          <a href="/connections/${connection.id}/products/specification">View Feed Specifications</a>`,
      ],
    ])}`,
  });
}

function manageFacts({ companyName, connection }: ConnectionView): Html {
  return card({
    id: 'facts',
    title: 'Facts',
    body: facts([
      ['Company', companyName],
      ['Partner number', connection.partnerId],
    ]),
  });
}

/** Another account or server, or another shop of the same seller. */
function setUpAgain(view: ConnectionView): Html | null {
  if (!view.mayAct) return null;
  const { connection } = view;
  return html`<details>
    <summary>Connect again, or choose another shop</summary>
    ${connectScreen(view)}
    <section>
      <p>Saved: ${connection.shopName}, <code>${connection.shopCipher}</code></p>
      <p><a class="button quiet" href="/connections/${connection.id}/shops">Get Shops</a></p>
    </section>
  </details>`;
}

function manageSection({ session, connection, mayAct }: ConnectionView): Html | null {
  if (!mayAct) return null;
  const { id, name, status } = connection;
  return html`<section aria-labelledby="manage">
    <h2 id="manage">Manage</h2>
    <form method="post" action="/connections/${id}/rename" class="row">
      ${csrfField(session)}
      <div class="field">
        <label for="name">Name</label>
        <input type="text" id="name" name="name" value="${name}" maxlength="100" required />
      </div>
      <div class="field"><button class="quiet">Rename</button></div>
    </form>
    ${
      (status === 'active' || status === 'needs_reauthorization') &&
      html`<form method="post" action="/connections/${id}/pause">
        ${csrfField(session)}<button class="quiet">Pause</button>
      </form>`
    }
    <details>
      <summary>Close for good</summary>
      <form method="post" action="/connections/${id}/close">
        ${csrfField(session)}
        <p class="field">
          <input type="checkbox" id="sure" name="sure" value="yes" required />
          <label class="inline" for="sure"
            >Close for good: the tokens are forgotten, the shop is free, documents stay.</label
          >
        </p>
        <button class="danger">Close the connection</button>
      </form>
    </details>
  </section>`;
}
