import type { OperatorSession } from '../companies/operator-session-store.js';
import { clashesOf, shown } from '../companies/settings-standing.js';
import type { Connection } from '../connections/connection.js';
import { settingsCatalogue, type ConnectionSettings } from '../connections/settings.js';
import { html, type Html } from './html.js';
import { csrfField, notice, showTime } from './layout.js';
import { card } from './parts/card.js';
import { dataTable } from './parts/data-table.js';
import { problemSummary, type Filled } from './parts/field.js';
import { labelOf, settingGroups, unitOf, type SettingKey } from './settings-words.js';

interface SettingsView {
  session: OperatorSession;
  connection: Connection;
  /** Settings that somebody wanted and that were not stored. */
  refused: Record<string, unknown> | null;
  /** Why: what is wrong with single ones. None: another had changed them meanwhile. */
  problems: Filled['problems'];
  done: string | null;
}

/** Everything that can be set for a shop, in words, in groups; saved with its version. */
export function settingsPage(view: SettingsView): Html {
  const { session, connection, refused, problems, done } = view;
  const { id, settingsStanding: standing } = connection;
  const settings: ConnectionSettings = { ...connection.settings, ...refused };
  return html`${done && notice('good', done)} ${problemSummary({ values: {}, problems })}
    ${refused && problems.length === 0 && clashNotice(connection, refused)}
    ${standing.changedAt && html`<p class="hint">Version ${standing.version}, changed by ${standing.changedBy} at ${showTime(standing.changedAt)}.</p>`}
    <form method="post" action="/connections/${id}/settings">
      ${csrfField(session)}<input type="hidden" name="version" value="${standing.version}" />
      ${settingGroups().map(
        ({ title, keys }, index) =>
          html`<section aria-labelledby="group-${index}">
            <h2 id="group-${index}">${title}</h2>
            ${keys.map((key) => settingField(key, settings, problems))}
          </section>`,
      )}
      <button>Save settings</button>
    </form>`;
}

function settingField(key: SettingKey, settings: ConnectionSettings, problems: Filled['problems']): Html {
  const { meaning, default: usual } = settingsCatalogue[key];
  const problem = problems.find(({ field }) => field === key);
  const unit = unitOf(key);
  const isChanged = JSON.stringify(settings[key]) !== JSON.stringify(usual);
  const about = `${key}-hint${problem ? ` ${key}-why` : ''}`;
  const state = html`aria-describedby="${about}" ${problem && html`aria-invalid="true"`}`;
  const input = inputOf(key, settings, state);
  if (typeof usual === 'boolean')
    return html`<div class="field">
      ${input}
      <label class="tick" for="${key}"
        >${labelOf(key)}${isChanged && html` <span class="badge">changed</span>`}</label
      >
      <p class="hint" id="${key}-hint">${meaning}</p>
      ${problem && html`<p class="why" id="${key}-why">${problem.message}</p>`}
    </div>`;
  return html`<div class="field">
    <label for="${key}">${labelOf(key)}${isChanged && html` <span class="badge">changed</span>`}</label>
    <p class="hint" id="${key}-hint">${meaning}</p>
    ${problem && html`<p class="why" id="${key}-why">${problem.message}</p>`} ${input}
    ${unit && html`<span class="muted">${unit}</span>`}
  </div>`;
}

function inputOf(key: SettingKey, settings: ConnectionSettings, state: Html): Html {
  const value = settings[key];
  if (key === 'constantAttributes')
    return html`<textarea id="${key}" name="${key}" rows="3" ${state}>
${settings.constantAttributes.map((each) => `${each.name}=${each.value}`).join('\n')}</textarea>`;
  if (key === 'warehouseCodes')
    return html`<textarea id="${key}" name="${key}" rows="3" ${state}>
${Object.entries(settings.warehouseCodes)
        .map((entry) => entry.join('='))
        .join('\n')}</textarea>`;
  if (key === 'shipStationStatuses')
    return html`<textarea id="${key}" name="${key}" rows="4" ${state}>
${Object.entries(settings.shipStationStatuses)
        .map((entry) => entry.join('='))
        .join('\n')}</textarea>`;
  if (key === 'shipStationCustomFields')
    return html`<textarea id="${key}" name="${key}" rows="3" ${state}>
${settings.shipStationCustomFields.join('\n')}</textarea>`;
  if (key === 'deliveryProfiles')
    return html`<p>
      ${settings.deliveryProfiles.map(({ name }) => name).join(', ') || 'None of its own.'}
      <a href="/deliveries/profiles">Delivery profiles</a>
    </p>`;
  const { choices } = settingsCatalogue[key];
  // A number field for what is no number could never be saved.
  if (typeof value === 'object' && value !== null)
    return html`<pre id="${key}">${JSON.stringify(value, null, 2)}</pre>
      <p class="muted">It is set by the API: PUT Settings/Partners/{partnerId}.</p>`;
  if (choices)
    return html`<select id="${key}" name="${key}" ${state}>
      ${choices.map((choice) => html`<option value="${choice}" ${choice === value && 'selected'}>${choice}</option>`)}
    </select>`;
  if (typeof settingsCatalogue[key].default === 'boolean')
    return html`<input
      type="checkbox"
      id="${key}"
      name="${key}"
      value="yes"
      ${value === true && 'checked'}
      ${state}
    />`;
  if (key === 'importCreatedAfter')
    return html`<input
      type="text"
      id="${key}"
      name="${key}"
      value="${settings.importCreatedAfter}"
      placeholder="2026-01-31T00:00:00Z"
      ${state}
    />`;
  return html`<input
    type="number"
    id="${key}"
    name="${key}"
    value="${typeof value === 'number' || typeof value === 'string' ? value : ''}"
    ${state}
    required
  />`;
}

/** Two people on one form: both values of each setting, and who was first. */
function clashNotice({ settings, settingsStanding }: Connection, refused: Record<string, unknown>): Html {
  const { changedBy, changedAt } = settingsStanding;
  const who = `${changedBy ?? 'Somebody'} has changed these settings at ${showTime(changedAt)}, after you had opened the page. Nothing was stored.`;
  const table = dataTable({
    caption: 'Both values',
    rows: clashesOf(refused, { ...settings }),
    empty: 'Nothing differs.',
    columns: [
      { title: 'Setting', cell: ({ key }) => key },
      { title: 'You want', cell: ({ wanted }) => html`<code>${shown(wanted)}</code>` },
      { title: 'It is now', cell: ({ present }) => html`<code>${shown(present)}</code>` },
    ],
  });
  return html`${notice('bad', who, 'The form below has your values. Put in what shall count, and save again.')}
  ${card({ id: 'clash', title: 'Both values', isFull: true, body: table })}`;
}
