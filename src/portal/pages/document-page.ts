import type { StoredDocument } from '../../documents/document.js';
import type { GateResult } from '../../kernel/gate.js';
import { html, type Html } from '../html.js';
import { card, facts } from '../parts/card.js';
import { gateList } from '../parts/gate-list.js';
import { showTime } from '../parts/times.js';
import { inWords, valueTree } from '../parts/value-tree.js';
import type { EffectWithCalls, HistoryLine } from '../reports/history-report.js';
import { callsCard, historyCard } from './history-card.js';
import { rawCard } from './raw-card.js';

interface DocumentPageView {
  now: Date;
  document: StoredDocument;
  shop: Html | string;
  /** As the API explains it; null where nothing is to be explained. */
  explanation: Record<string, unknown> | null;
  history: readonly HistoryLine[];
  effects: readonly EffectWithCalls[];
  /** The buyer's words and pictures are shown, which was written down. */
  isUnmasked: boolean;
  /** Asks for them; null where the role has not, or they are shown. */
  unmask: Html | null;
}

/** Parts that have a place of their own on the page. */
const SHOWN_ELSEWHERE = new Set([
  'Effects',
  'Summary',
  'NextSteps',
  'ErrorMessage',
  'LogicbrokerKey',
  'Status',
  'Gates',
  'ImportGates',
  'AnswerGates',
]);

/** A shipment, cancellation, acknowledgement, return or invoice. */
export function documentPage(view: DocumentPageView): Html {
  const { document, explanation, effects, now, history } = view;
  const next = effects
    .filter(({ state }) => state === 'pending' || state === 'in_doubt')
    .map(({ nextAttemptAt }) => ({
      at: nextAttemptAt,
      look: 'next' as const,
      text: 'Next attempt at TikTok',
    }));
  return html`<div class="cols">
    <div class="stack">
      ${explanation && explanationCard(explanation)} ${callsCard(effects, now)} ${historyCard(history, next)}
      ${rawCard(view)}
    </div>
    <div class="stack">
      ${card({
        id: 'facts',
        title: 'Facts',
        body: facts([
          ['Key', `${document.key}, link ${document.linkKey}`],
          ['Shop', view.shop],
          [
            'Order',
            document.parentKey === null
              ? document.partnerPo
              : html`<a href="/orders/${document.parentKey}">${document.partnerPo ?? document.parentKey}</a>`,
          ],
          ['Received', showTime(document.documentDate)],
          ['Changed', showTime(document.updatedAt)],
          ['Version', document.version],
        ]),
      })}
      ${view.unmask}
    </div>
  </div>`;
}

function explanationCard(explanation: Record<string, unknown>): Html {
  const { Summary, NextSteps } = explanation;
  const steps = Array.isArray(NextSteps) ? NextSteps.map(String) : [];
  const rest = Object.entries(explanation).filter(([name]) => !SHOWN_ELSEWHERE.has(name));
  return card({
    id: 'why',
    title: 'Why it is where it is',
    body: html`${typeof Summary === 'string' && html`<p>${Summary}</p>`}
    ${
      steps.length > 0 &&
      html`<ul>
        ${steps.map((step) => html`<li>${step}</li>`)}
      </ul>`
    }
    ${(['Gates', 'ImportGates', 'AnswerGates'] as const).map((name) => gatesIn(explanation[name]))}
    ${facts(rest.map(([name, value]) => [inWords(name), valueTree(value)]))}`,
  });
}

/** Gates as the API writes them. */
function gatesIn(value: unknown): Html | null {
  if (!Array.isArray(value) || value.length === 0) return null;
  const gates = (value as Record<string, unknown>[]).map((gate): GateResult => {
    const textOf = (name: string): string => (typeof gate[name] === 'string' ? gate[name] : '');
    const common = { gate: textOf('Gate'), rule: textOf('Rule'), reason: textOf('Reason') };
    if (gate['Outcome'] === 'pass') return { ...common, outcome: 'pass' };
    const until = textOf('Until');
    return gate['Outcome'] === 'wait'
      ? { ...common, outcome: 'wait', until: until === '' ? null : new Date(until), next: textOf('Next') }
      : { ...common, outcome: 'refuse', next: textOf('Next') };
  });
  return gateList(gates);
}
