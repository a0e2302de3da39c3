import { alertKinds } from '../../alerts/alert-kinds.js';
import type { Alert } from '../../alerts/alert-store.js';
import type { Recipient } from '../../alerts/recipient-store.js';
import { html, type Html } from '../html.js';
import { csrfField } from '../layout.js';
import { card } from '../parts/card.js';
import { chip } from '../parts/chip.js';
import { dataTable } from '../parts/data-table.js';
import { field, problemSummary, type Filled } from '../parts/field.js';
import { moment, showTime } from '../parts/times.js';
import type { Reach } from '../reach.js';

/** Words of the form's fields, by the members of the API's body. */
export const recipientLabels: Readonly<Record<string, string>> = {
  Address: 'Mail address',
  Digest: 'How often',
  KindsOff: 'Muted kinds',
  TimeZone: 'Time zone',
  QuietFrom: 'Quiet from',
  QuietTo: 'Quiet until',
  company: 'Company',
};

const digests = [
  ['at-once', 'At once'],
  ['hourly', 'Once an hour'],
  ['daily', 'Once a day'],
] as const;

export function alertTable(alerts: readonly Alert[], reach: Reach, now: Date, isOpen: boolean): Html {
  return card({
    id: 'list',
    title: isOpen ? 'What is wrong now' : 'What was wrong',
    isFull: true,
    body: dataTable({
      caption: 'Alerts',
      rows: alerts,
      empty: isOpen ? 'Nothing is wrong.' : 'Nothing has ended in the last 90 days.',
      columns: [
        {
          title: 'Alert',
          cell: ({ title, link, next }) =>
            html`<a href="${link}">${title}</a><span class="sub">${next}</span>`,
        },
        { title: 'Kind', cell: ({ kind }) => kind },
        {
          title: 'Company',
          cell: ({ companyId }) => reach.companies.find(({ id }) => id === companyId)?.name,
        },
        { title: 'How many', isNumber: true, cell: ({ count, endedAt }) => (endedAt ? '–' : count) },
        { title: 'Since', cell: ({ beganAt }) => moment(beganAt, now) },
        {
          title: 'State',
          cell: ({ endedAt }) =>
            endedAt
              ? html`${chip('good', 'over')} <span class="sub">since ${showTime(endedAt)}</span>`
              : chip('bad', 'lasts'),
        },
      ],
    }),
  });
}

/** @param sees whether the addresses are shown: they are people's */
export function recipientTable(
  recipients: readonly Recipient[],
  reach: Reach,
  now: Date,
  sees: boolean,
): Html {
  return card({
    id: 'recipients',
    title: 'Who is told by mail',
    isFull: true,
    body: dataTable({
      caption: 'Recipients',
      rows: recipients,
      empty: 'Nobody is told by mail.',
      columns: [
        {
          title: 'Recipient',
          cell: ({ id, address }) =>
            sees ? html`<a href="/alerts/recipients/${id}">${address}</a>` : `recipient ${id}`,
        },
        {
          title: 'Company',
          cell: ({ companyId }) => reach.companies.find(({ id }) => id === companyId)?.name,
        },
        {
          title: 'State',
          cell: ({ state, stateReason }) =>
            html`${state === 'on' ? chip('good', 'on') : chip('idle', 'off')}${stateReason && html`<span class="sub">${stateReason}</span>`}`,
        },
        { title: 'How often', cell: ({ digest }) => digests.find(([name]) => name === digest)?.[1] },
        { title: 'Muted', cell: ({ kindsOff }) => kindsOff.join(', ') },
        {
          title: 'Quiet',
          cell: ({ quietFrom, quietTo, timeZone }) =>
            quietFrom !== null && `${clock(quietFrom)} to ${clock(quietTo)}, ${timeZone}`,
        },
        {
          title: 'Last mail',
          cell: ({ lastSentAt, lastOutcome }) =>
            html`${moment(lastSentAt, now)}${lastOutcome && html`<span class="sub">${lastOutcome}</span>`}`,
        },
      ],
    }),
  });
}

interface RecipientForm {
  session: { csrfToken: string };
  filled: Filled;
  action: string;
  /** Null: a new one. */
  recipient: Recipient | null;
  kindsOff: readonly string[];
  companies: Reach['companies'];
}

export function recipientForm(view: RecipientForm): Html {
  const { session, filled, action, recipient, kindsOff, companies } = view;
  return html`${problemSummary(filled)}
    <form method="post" action="${action}">
      ${csrfField(session)}
      <section>
        ${companies.length > 1 && field({ name: 'company', label: 'Company', filled, choices: companies.map(({ id, name }) => [String(id), name]) })}
        ${companies.length === 1 && html`<input type="hidden" name="company" value="${companies[0]?.id ?? 0}" />`}
        ${field({ name: 'Address', label: 'Mail address', filled, type: 'email', value: recipient?.address ?? '' })}
        ${
          recipient &&
          field({
            name: 'Enabled',
            label: 'State',
            filled,
            value: recipient.state === 'on' ? 'yes' : 'no',
            choices: [
              ['yes', 'On'],
              ['no', 'Off'],
            ],
          })
        }
        ${field({ name: 'Digest', label: 'How often', filled, value: recipient?.digest ?? 'at-once', choices: digests })}
        ${field({ name: 'TimeZone', label: 'Time zone', hint: 'Of the quiet hours and of daily mails, such as Europe/Berlin.', filled, value: recipient?.timeZone ?? 'UTC' })}
        ${field({ name: 'QuietFrom', label: 'Quiet from', filled, type: 'time', isOptional: true, value: clock(recipient?.quietFrom ?? null) })}
        ${field({ name: 'QuietTo', label: 'Quiet until', filled, type: 'time', isOptional: true, value: clock(recipient?.quietTo ?? null) })}
        <fieldset class="field" id="KindsOff">
          <legend>Muted kinds</legend>
          <p class="hint">What is ticked is not sent to this recipient; it stands here all the same.</p>
          ${Object.entries(alertKinds).map(
            ([kind, meaning]) =>
              html`<p>
                <input
                  type="checkbox"
                  id="off-${kind}"
                  name="off-${kind}"
                  value="yes"
                  ${kindsOff.includes(kind) && 'checked'}
                />
                <label class="inline" for="off-${kind}"><b>${kind}</b>: ${meaning}</label>
              </p>`,
          )}
        </fieldset>
        <button>${recipient ? 'Save' : 'Create'}</button>
      </section>
    </form>`;
}

/** `HH:MM` of a minute of the day; the empty text for none. */
function clock(minute: number | null): string {
  if (minute === null) return '';
  return [Math.floor(minute / 60), minute % 60].map((part) => String(part).padStart(2, '0')).join(':');
}
