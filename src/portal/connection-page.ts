import type { OperatorSession } from '../companies/operator-session-store.js';
import type { Connection } from '../connections/connection.js';
import { clashesOf, shown } from '../companies/settings-standing.js';
import { settingsCatalogue, type ConnectionSettings } from '../connections/settings.js';
import type { BudgetView } from '../sync/budgets/list-budgets.js';
import type { ShopLimit } from '../sync/budgets/shop-limits.js';
import { budgetSection, shopLimitNotice } from './budget-section.js';
import { plainSettings, type PlainSetting } from './plain-settings.js';
import { flowOutcome, runNowForm, statusBadge } from './connection-list.js';
import { connectionSteps, type StepsView } from './connection-steps.js';
import { html, type Html } from './html.js';
import { csrfField, notice, showTime } from './layout.js';
import type { WaitingEffect } from '../sync/effects/waiting-effects.js';
import type { FlowLine } from './portal-deps.js';
import { waitingSection } from './waiting-section.js';

interface ConnectionView extends StepsView {
  companyName: string;
  flows: FlowLine[];
  waiting: readonly WaitingEffect[];
  budgets: BudgetView[];
  shopLimits: readonly ShopLimit[];
  /** Settings that somebody wanted, while another had changed them. */
  refused: Record<string, unknown> | null;
  /** What has just been done. */
  done: string | null;
  redirectUrl: string;
}

export function connectionPage(view: ConnectionView): Html {
  const { connection } = view;
  const closed = connection.status === 'closed';
  const draft = connection.status === 'draft';
  return html`${view.done && notice('good', view.done)}
    <p>${statusBadge(connection.status)} ${view.companyName}</p>
    ${connection.status === 'needs_reauthorization' && reauthorizeNotice(connection)}
    ${connection.status === 'paused' && notice('warn', connection.statusReason ?? 'Paused.')}
    ${view.shopLimits.map((limit) => shopLimitNotice(limit))}
    ${waitingSection(view.session, connection.id, view.waiting)} ${draft && beforeYouStart(view.redirectUrl)}
    ${closed ? notice('warn', 'This connection is closed. Its documents stay.') : connectionSteps(view)}
    ${!closed && !draft && productLinks(connection)} ${flowSection(view)}
    ${!closed && budgetSection(view.budgets)} ${!closed && settingsSection(view)}
    ${!closed && manageSection(view.session, connection)} ${!draft && beforeYouStart(view.redirectUrl)}`;
}

function productLinks({ id }: Connection): Html {
  return html`<p>
    Products: <a href="/connections/${id}/products/specification">View Feed Specifications</a>
  </p>`;
}

function reauthorizeNotice(connection: Connection): Html {
  return notice(
    'bad',
    connection.statusReason ?? 'TikTok no longer accepts the authorisation.',
    'Press Connect below. The schedules stand still and go on where they stopped; nothing is lost.',
  );
}

function flowSection({ session, connection, flows }: ConnectionView): Html {
  const rows = flows.map(
    (flow) =>
      html`<tr>
        <td>${flow.flow.name}<br /><span class="muted">${flow.flow.description}</span></td>
        <td>${flowOutcome(flow)}</td>
        <td>${showTime(flow.nextAttemptAt)}</td>
        <td>${connection.status === 'active' && runNowForm(session, flow)}</td>
      </tr>`,
  );
  return html`<section class="scroll" aria-labelledby="flows">
    <h2 id="flows">Schedules</h2>
    ${
      rows.length === 0
        ? html`<p class="muted">They start when a shop is saved.</p>`
        : html`<table>
            <thead>
              <tr>
                <th scope="col">Flow</th>
                <th scope="col">Last run</th>
                <th scope="col">Next run</th>
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

function settingsSection({ session, connection, refused }: ConnectionView): Html {
  const { id, settingsStanding: standing } = connection;
  const settings: ConnectionSettings = { ...connection.settings, ...refused };
  const attributes = settings.constantAttributes.map(({ name, value }) => `${name}=${value}`).join('\n');
  const warehouses = Object.entries(settings.warehouseCodes)
    .map((entry) => entry.join('='))
    .join('\n');
  return html`<section aria-labelledby="settings">
    <h2 id="settings">Settings</h2>
    ${refused && clashNotice(connection, refused)}
    ${standing.changedAt && html`<p class="hint">Version ${standing.version}, changed by ${standing.changedBy} at ${showTime(standing.changedAt)}.</p>`}
    <form method="post" action="/connections/${id}/settings">
      ${csrfField(session)}<input type="hidden" name="version" value="${standing.version}" />
      <div class="field">
        <label for="remorseMinutes">Hold after payment, in minutes</label>
        <p class="hint">${settingsCatalogue.remorseMinutes.meaning}</p>
        <input
          type="number"
          id="remorseMinutes"
          name="remorseMinutes"
          min="0"
          max="4320"
          value="${settings.remorseMinutes}"
          required
        />
      </div>
      <div class="field">
        <label for="importCreatedAfter">Import orders created after</label>
        <p class="hint">${settingsCatalogue.importCreatedAfter.meaning}</p>
        <input
          type="text"
          id="importCreatedAfter"
          name="importCreatedAfter"
          value="${settings.importCreatedAfter}"
          placeholder="2026-01-31T00:00:00Z"
        />
      </div>
      <div class="field">
        <label for="constantAttributes">Constant attributes, one name=value a line</label>
        <p class="hint">${settingsCatalogue.constantAttributes.meaning}</p>
        <textarea id="constantAttributes" name="constantAttributes" rows="3">${attributes}</textarea>
      </div>
      <div class="field">
        <label for="warehouseCodes">Warehouse codes, one code=TikTok id a line</label>
        <p class="hint">${settingsCatalogue.warehouseCodes.meaning}</p>
        <textarea id="warehouseCodes" name="warehouseCodes" rows="3">${warehouses}</textarea>
      </div>
      ${plainSettings.map((key) => plainField(key, settings[key]))}
      <button class="quiet">Save settings</button>
    </form>
  </section>`;
}

/** Two people on one form: both values of each setting, and who was first. */
function clashNotice({ settings, settingsStanding }: Connection, refused: Record<string, unknown>): Html {
  const { changedBy, changedAt } = settingsStanding;
  const who = `${changedBy ?? 'Somebody'} has changed these settings at ${showTime(changedAt)}, after you had opened the page. Nothing was stored.`;
  const rows = clashesOf(refused, { ...settings }).map(
    ({ key, wanted, present }) =>
      html`<tr>
        <th scope="row">${key}</th>
        <td><code>${shown(wanted)}</code></td>
        <td><code>${shown(present)}</code></td>
      </tr>`,
  );
  return html`${notice('bad', who, 'The form below has your values. Put in what shall count, and save again.')}
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">Setting</th>
            <th scope="col">You want</th>
            <th scope="col">It is now</th>
          </tr>
        </thead>
        <tbody>
          ${rows}
        </tbody>
      </table>
    </div>`;
}

/** A setting that is one number, a yes or no, or one of a few words. */
function plainField(key: PlainSetting, value: boolean | number | string): Html {
  const { meaning, choices } = settingsCatalogue[key];
  return html`<div class="field">
    <label for="${key}">${key}</label>
    <p class="hint">${meaning}</p>
    ${choices ? choiceInput(key, choices, value) : plainInput(key, value)}
  </div>`;
}

function plainInput(key: string, value: boolean | number | string): Html {
  return typeof value === 'boolean'
    ? html`<input type="checkbox" id="${key}" name="${key}" value="yes" ${value && 'checked'} />`
    : html`<input type="number" id="${key}" name="${key}" value="${value}" required />`;
}

function choiceInput(key: string, choices: readonly string[], value: unknown): Html {
  return html`<select id="${key}" name="${key}">
    ${choices.map((choice) => html`<option value="${choice}" ${choice === value && 'selected'}>${choice}</option>`)}
  </select>`;
}

function manageSection(session: OperatorSession, connection: Connection): Html {
  const button = (action: string, label: string, look: string): Html =>
    html`<form method="post" action="/connections/${connection.id}/${action}">
      ${csrfField(session)}<button class="${look}">${label}</button>
    </form>`;
  return html`<section aria-labelledby="manage">
    <h2 id="manage">Manage</h2>
    <form method="post" action="/connections/${connection.id}/rename" class="row">
      ${csrfField(session)}
      <div class="field">
        <label for="name">Name</label>
        <input type="text" id="name" name="name" value="${connection.name}" maxlength="100" required />
      </div>
      <div class="field"><button class="quiet">Rename</button></div>
    </form>
    <div class="row">
      ${connection.status === 'paused' && button('resume', 'Resume', 'quiet')}
      ${(connection.status === 'active' || connection.status === 'needs_reauthorization') && button('pause', 'Pause', 'quiet')}
    </div>
    <form method="post" action="/connections/${connection.id}/close">
      ${csrfField(session)}
      <p class="field">
        <input type="checkbox" id="sure" name="sure" value="yes" required />
        <label class="inline" for="sure"
          >Close for good: the tokens are forgotten, the shop is free, documents stay.</label
        >
      </p>
      <button class="danger">Close the connection</button>
    </form>
  </section>`;
}

/** What the seller needs first, and where TikTok helps. */
export function beforeYouStart(redirectUrl: string): Html {
  return html`<section aria-labelledby="before">
    <h2 id="before">Before you start</h2>
    <ul>
      <li>A company with an API key in this service, for the ERP.</li>
      <li>
        A TikTok Shop account:
        <a href="https://seller-us-accounts.tiktok.com/account/register" rel="noreferrer"
          >TikTok Shop Seller Sign Up</a
        >. Only its main account can authorise an app.
      </li>
      <li>The app's redirect URL in Partner Center is <code>${redirectUrl}</code>.</li>
    </ul>
    <p>
      Help from TikTok:
      <a
        href="https://seller-my.tiktok.com/university/essay?knowledge_id=10000852&amp;identity=1&amp;from_article=1"
        rel="noreferrer"
        >TikTok Shop Academy</a
      >, <a href="https://seller-us.tiktok.com/contact-us" rel="noreferrer">TikTok Shop Support</a>.
    </p>
  </section>`;
}
