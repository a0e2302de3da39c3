import type { OperatorSession } from '../companies/operator-session-store.js';
import type { WaitingEffect } from '../sync/effects/waiting-effects.js';
import { html, type Html } from './html.js';
import { csrfField, showTime } from './layout.js';
import { dataTable } from './parts/data-table.js';

/** What TikTok was asked to do, in words; an effect of a later version is shown by its name. */
const EFFECTS: Record<string, string> = {
  'mark-package-shipped': 'Mark a package as shipped',
  'split-order': 'Split an order into packages',
  'ship-package': 'Ship a package',
  'cancel-order': 'Cancel an order',
  'approve-return': 'Approve a return',
};

/** What TikTok is asked to do, in words. */
export function effectWords(effect: string): string {
  return EFFECTS[effect] ?? effect;
}

const MOST_REASON = 500;

/**
 * Effects of which nobody knows whether TikTok has them, each with the facts and what a person can decide. Empty when there
 * are none.
 */
export function waitingSection(
  session: OperatorSession,
  connectionId: number,
  waiting: readonly WaitingEffect[],
): Html | null {
  if (waiting.length === 0) return null;
  return html`<section aria-labelledby="waiting">
    <h2 id="waiting">Waits for a person</h2>
    <p>
      Nobody knows whether TikTok has done this. Look at the order in TikTok Seller Center, then decide; until
      then nothing more is sent for that order.
    </p>
    ${waiting.map((effect) => oneEffect(session, connectionId, effect))}
  </section>`;
}

function oneEffect(session: OperatorSession, connectionId: number, effect: WaitingEffect): Html {
  const { id, documentType, documentKey, reference, orderingKey, why, askedAt, waitingSince, calls } = effect;
  const action = `/connections/${connectionId}/effects/${String(id)}`;
  return html`<article class="waiting" aria-labelledby="effect-${String(id)}">
    <h3 id="effect-${String(id)}">${effectWords(effect.effect)} (entry ${String(id)})</h3>
    <p>
      ${documentKey !== null && html`For ${documentType ?? 'document'} ${reference} (key ${documentKey}), `}${orderingKey.replace(':', ' ')}.
      Asked for ${showTime(askedAt)}, waits since ${showTime(waitingSince)}.
    </p>
    <p>${why ?? 'No reason was kept.'}</p>
    ${calls.length > 0 && callTable(calls)}
    <div class="row">
      ${decision(session, action, 'ask', html`<button>Ask TikTok again</button>`)}
      ${decision(
        session,
        action,
        'done',
        html`${sure(id, 'done', 'Seller Center shows it')}<button class="quiet">Mark as done</button>`,
      )}
      ${decision(
        session,
        action,
        'send-again',
        html`${sure(id, 'again', 'It is surely not there')}<button class="quiet">Send again</button>`,
      )}
    </div>
    ${decision(
      session,
      action,
      'not-done',
      html`<div class="field">
          <label for="reason-${String(id)}">Why it is given up; the document shows it</label>
          <input type="text" id="reason-${String(id)}" name="reason" maxlength="${MOST_REASON}" required />
        </div>
        <button class="danger">Give up</button>`,
    )}
  </article>`;
}

function decision(session: OperatorSession, action: string, name: string, fields: Html): Html {
  return html`<form method="post" action="${action}">
    ${csrfField(session)}<input type="hidden" name="decision" value="${name}" />${fields}
  </form>`;
}

function sure(id: bigint, name: string, label: string): Html {
  const field = `sure-${name}-${String(id)}`;
  return html`<p class="field">
    <input type="checkbox" id="${field}" name="sure" value="yes" required />
    <label class="inline" for="${field}">${label}</label>
  </p>`;
}

function callTable(calls: WaitingEffect['calls']): Html {
  return dataTable({
    caption: 'Calls',
    rows: calls,
    empty: 'No call was made.',
    columns: [
      { title: 'Call', cell: ({ startedAt }) => showTime(startedAt) },
      { title: 'What', cell: ({ kind }) => (kind === 'read-back' ? 'asked whether it is there' : 'sent') },
      { title: 'Outcome', cell: ({ outcome }) => outcome ?? 'no answer' },
      { title: 'TikTok says', cell: ({ tiktokCode, message }) => html`${tiktokCode} ${message}` },
      { title: 'Request id', cell: ({ requestId }) => requestId && html`<code>${requestId}</code>` },
    ],
  });
}
