import { eventTypes } from '../../documents/event-types.js';
import { messageIdOf } from '../../webhooks/out/message-store.js';
import type { Webhook } from '../../webhooks/out/webhook-store.js';
import { html, type Html } from '../html.js';
import { csrfField } from '../layout.js';
import { card, facts } from '../parts/card.js';
import { chip, type Look } from '../parts/chip.js';
import { dataTable } from '../parts/data-table.js';
import { field, problemSummary, type Filled } from '../parts/field.js';
import { countText } from '../parts/list-parts.js';
import { moment, showTime } from '../parts/times.js';
import type { Reach } from '../reach.js';
import type { MessageRow, WebhookRow } from '../reports/webhook-report.js';

/** Words of the form's fields, by the members of the API's body. */
export const webhookLabels: Readonly<Record<string, string>> = {
  Address: 'Address',
  Topic: 'What it is told',
  SharedSecret: 'Secret',
  company: 'Company',
};

export const messageLooks: Record<string, readonly [Look, string]> = {
  pending: ['info', 'to be sent'],
  delivered: ['good', 'taken'],
  failed: ['bad', 'given up'],
};

/** Without its query, which may hold a secret of the receiver. */
export function plainAddress(address: string): string {
  const { origin, pathname, search } = new URL(address);
  return `${origin}${pathname}${search === '' ? '' : '?…'}`;
}

export function webhookChip({
  state,
  failingSince,
  pausedUntil,
}: Pick<Webhook, 'state' | 'failingSince' | 'pausedUntil'>): Html {
  if (state === 'disabled') return chip('bad', 'switched off after failures');
  if (state === 'off') return chip('idle', 'switched off');
  if (pausedUntil) return chip('warn', 'takes nothing, rests');
  return failingSince ? chip('warn', 'takes nothing') : chip('good', 'on');
}

export function webhookTable(rows: readonly WebhookRow[], reach: Reach, now: Date): Html {
  return card({
    id: 'list',
    title: 'Addresses that are told of changes',
    isFull: true,
    body: dataTable({
      caption: 'Webhooks',
      rows,
      empty: 'No address is told of changes. An ERP that does not want to ask again and again has one.',
      columns: [
        {
          title: 'Address',
          cell: ({ id, address }) =>
            html`<a href="/webhooks/${id}">${plainAddress(address)}</a
              ><span class="sub">webhook ${id}</span>`,
        },
        {
          title: 'Company',
          cell: ({ companyId }) => reach.companies.find(({ id }) => id === companyId)?.name,
        },
        { title: 'Told of', cell: ({ topic }) => topicWords(topic) },
        {
          title: 'State',
          cell: (row) =>
            html`${webhookChip(row)}${row.stateReason && html`<span class="sub">${row.stateReason}</span>`}${row.failingSince && html`<span class="sub">nothing was taken since ${showTime(row.failingSince)}</span>`}`,
        },
        { title: 'To be sent', isNumber: true, cell: ({ pending }) => countText(pending) },
        { title: 'Given up', isNumber: true, cell: ({ failed }) => countText(failed) },
        { title: 'Last message', cell: ({ lastAt }) => moment(lastAt, now) },
      ],
    }),
  });
}

function topicWords(topic: string): string {
  return topic === '*' ? 'everything' : topic;
}

/** `*`, what stands before the dot, and every topic. */
function topicChoices(chosen: string): (readonly [string, string])[] {
  const topics = [...new Set(Object.values(eventTypes).map(({ topic }) => topic))].toSorted();
  const groups = [...new Set(topics.map((topic) => topic.split('.', 1)[0] ?? ''))];
  const known: (readonly [string, string])[] = [
    ['*', 'everything'],
    ...groups.flatMap((group): (readonly [string, string])[] => [
      [group, `${group}: all of it`],
      ...topics.filter((topic) => topic.startsWith(`${group}.`)).map((topic) => [topic, topic] as const),
    ]),
  ];
  return known.some(([value]) => value === chosen) ? known : [...known, [chosen, chosen]];
}

interface WebhookForm {
  session: { csrfToken: string };
  filled: Filled;
  action: string;
  /** Null: a new one. */
  webhook: Webhook | null;
  /** To choose from; one that is there keeps its own. */
  companies: Reach['companies'];
}

export function webhookForm({ session, filled, action, webhook, companies }: WebhookForm): Html {
  const topic = filled.values['Topic'] ?? webhook?.topic ?? '*';
  return html`${problemSummary(filled)}
    <form method="post" action="${action}">
      ${csrfField(session)}
      <section class="${webhook && 'bare'}">
        ${
          companies.length > 1 &&
          field({
            name: 'company',
            label: 'Company',
            filled,
            choices: companies.map(({ id, name }) => [String(id), name]),
          })
        }
        ${companies.length === 1 && html`<input type="hidden" name="company" value="${companies[0]?.id ?? 0}" />`}
        ${field({
          name: 'Address',
          label: 'Address',
          hint: 'Where messages are posted to: https, of the public Internet.',
          filled,
          type: 'url',
          value: webhook?.address ?? '',
        })}
        ${field({
          name: 'Topic',
          label: 'What it is told',
          hint: html`The topics stand in <a href="/docs">the API</a> under ActivityEvents/EventTypes.`,
          filled,
          value: topic,
          choices: topicChoices(topic),
        })}
        ${
          webhook
            ? field({
                name: 'Enabled',
                label: 'State',
                hint: 'Switched off, it is sent nothing, and goes on where it stopped.',
                filled,
                value: webhook.state === 'on' ? 'yes' : 'no',
                choices: [
                  ['yes', 'On'],
                  ['no', 'Off'],
                ],
              })
            : field({
                name: 'SharedSecret',
                label: 'Secret',
                hint: 'What messages are signed with. Left empty, one is made, which is the better way.',
                filled,
                isOptional: true,
              })
        }
        <button>${webhook ? 'Save' : 'Create'}</button>
      </section>
    </form>`;
}

/** Shown by one page, once. */
export function secretCard(secret: string): Html {
  return card({
    id: 'secret',
    title: 'Secret',
    body: html`<p>
        What the messages are signed with (Standard Webhooks). It is shown only now: give it to the receiver.
      </p>
      <p class="key">${secret}</p>`,
  });
}

export function messageTable(rows: readonly MessageRow[], now: Date, again: (row: MessageRow) => Html): Html {
  return dataTable({
    caption: 'Messages',
    rows,
    empty: 'Nothing was and is to be sent in this view.',
    columns: [
      {
        title: 'Message',
        cell: (row) =>
          html`<a href="/webhooks/${row.webhookId}/messages/${String(row.position)}">${messageIdOf(row)}</a
            ><span class="sub">${row.summary}</span>`,
      },
      { title: 'State', cell: ({ state }) => chip(...(messageLooks[state] ?? (['idle', state] as const))) },
      { title: 'Last answer', cell: ({ lastOutcome }) => lastOutcome },
      { title: 'Calls', isNumber: true, cell: ({ attempts }) => attempts },
      {
        title: 'When',
        cell: ({ state, nextAttemptAt, settledAt }) =>
          state === 'pending' ? html`next ${moment(nextAttemptAt, now)}` : moment(settledAt, now),
      },
      { title: 'Action', isQuiet: true, cell: again },
    ],
  });
}

interface Attempt {
  startedAt: Date;
  finishedAt: Date | null;
  status: number | null;
  outcome: string | null;
}

export function attemptTable(attempts: readonly Attempt[]): Html {
  return card({
    id: 'attempts',
    title: 'Calls to the receiver',
    isFull: true,
    body: dataTable({
      caption: 'Calls to the receiver',
      rows: attempts,
      empty: 'No call was made yet.',
      columns: [
        { title: 'Began', cell: ({ startedAt }) => startedAt.toISOString() },
        {
          title: 'Took',
          isNumber: true,
          cell: ({ startedAt, finishedAt }) =>
            finishedAt ? `${finishedAt.getTime() - startedAt.getTime()} ms` : '–',
        },
        { title: 'Status', isNumber: true, cell: ({ status }) => status ?? '–' },
        {
          title: 'Outcome',
          cell: ({ outcome, finishedAt }) => outcome ?? (finishedAt ? '' : 'nobody knows how it ended'),
        },
      ],
    }),
  });
}

export function webhookFacts(webhook: Webhook, company: string | undefined, now: Date): Html {
  const { address, topic, createdAt, updatedAt, failingSince, pausedUntil, failures } = webhook;
  return card({
    id: 'facts',
    title: 'Facts',
    body: facts([
      ['Address', plainAddress(address)],
      ['Told of', topicWords(topic)],
      ['Company', company],
      ['Made', showTime(createdAt)],
      ['Changed', moment(updatedAt, now)],
      ['Takes nothing since', failingSince && showTime(failingSince)],
      ['Rounds without success', failures > 0 && failures],
      ['Rests until', pausedUntil && showTime(pausedUntil)],
    ]),
  });
}
