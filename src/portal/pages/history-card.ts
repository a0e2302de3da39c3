import { documentTypeNames, type DocumentType } from '../../logicbroker/document-types.js';
import { html, type Html } from '../html.js';
import { documentHref } from '../kind-paths.js';
import { card } from '../parts/card.js';
import { chip, type Look } from '../parts/chip.js';
import { dataTable } from '../parts/data-table.js';
import { moment, exact } from '../parts/times.js';
import { timeline, type TimelineEntry } from '../parts/timeline.js';
import type { EffectWithCalls, HistoryLine } from '../reports/history-report.js';
import { effectWords } from '../waiting-section.js';

const looks: Record<string, TimelineEntry['look']> = { Alert: 'bad', Warning: 'warn' };

/** What happened to an order and all its documents; what is still to come stands on top. */
export function historyCard(
  lines: readonly HistoryLine[],
  future: readonly TimelineEntry[],
  about = 'the order and all that belongs to it',
): Html {
  const past = lines.map((line): TimelineEntry => ({
    at: line.createdAt,
    look: looks[line.level] ?? (/complete|sent|came in|acknowledged/i.test(line.summary) ? 'good' : 'plain'),
    text: html`${line.summary}${line.details && html`<br />${line.details}`}`,
    more: html`${whoOf(line)}${nameOf(line)}`,
  }));
  return card({
    id: 'history',
    title: 'History',
    end: `${about}, times in UTC`,
    body: timeline([...past, ...future]),
  });
}

function whoOf({ actorKind, actorName, actorVia }: HistoryLine): string {
  if (actorKind === null) return '';
  return actorKind === 'system' ? `by ${actorName ?? ''} (${actorVia ?? ''})` : `by ${actorName ?? ''}`;
}

function nameOf({ documentType, documentKey }: HistoryLine): Html | null {
  if (documentKey === null || documentType === null || !Object.hasOwn(documentTypeNames, documentType))
    return null;
  const type = documentType as DocumentType;
  return html` · <a href="${documentHref(type, documentKey)}">${documentTypeNames[type]} ${documentKey}</a>`;
}

const stateLooks: Record<string, readonly [Look, string]> = {
  pending: ['info', 'to be sent'],
  sending: ['info', 'being sent'],
  in_doubt: ['warn', 'in doubt'],
  needs_person: ['bad', 'waits for a person'],
  done: ['good', 'done'],
  refused: ['bad', 'refused'],
};

/** Everything that was asked of TikTok, each call with TikTok's request id, and when the next one is made. */
export function callsCard(effects: readonly EffectWithCalls[], now: Date): Html | null {
  if (effects.length === 0) return null;
  return card({
    id: 'calls',
    title: 'Calls to TikTok',
    isFull: true,
    body: html`${effects.map((effect) => {
      const [look, words] = stateLooks[effect.state] ?? ['idle', effect.state];
      const isOpen = effect.state === 'pending' || effect.state === 'in_doubt';
      return html`<div class="body">
          <b>${effectWords(effect.effect)}</b> ${chip(look, words)}
          <span class="muted"
            >${effect.attempts}
            ${effect.attempts === 1 ? 'attempt' : 'attempts'}${
              isOpen && html`, next ${moment(effect.nextAttemptAt, now)}`
            }</span
          >
          ${effect.lastError && html`<p>${effect.lastError}</p>`}
        </div>
        ${callTable(effect)}`;
    })}`,
  });
}

function callTable({ calls, id }: EffectWithCalls): Html {
  return dataTable({
    caption: `Calls of entry ${id}`,
    rows: calls,
    empty: 'No call was made yet.',
    columns: [
      { title: 'Call', cell: ({ startedAt }) => exact(startedAt) },
      { title: 'What', cell: ({ kind }) => (kind === 'read-back' ? 'asked whether it is there' : 'sent') },
      { title: 'Outcome', cell: ({ outcome }) => outcome ?? 'no answer' },
      { title: 'TikTok says', cell: ({ tiktokCode, message }) => html`${tiktokCode} ${message}` },
      { title: 'Request id', cell: ({ requestId }) => requestId && html`<code>${requestId}</code>` },
    ],
  });
}
