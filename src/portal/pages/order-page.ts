import type { Connection } from '../../connections/connection.js';
import type { StoredDocument } from '../../documents/document.js';
import type { OrderExplanation } from '../../orders/order-explanation.js';
import type { OrderRecord } from '../../orders/order-record.js';
import { HOUR_MS } from '../../kernel/time.js';
import { documentTypeNames } from '../../logicbroker/document-types.js';
import { html, type Html } from '../html.js';
import { documentHref } from '../kind-paths.js';
import { card, facts } from '../parts/card.js';
import { dataTable } from '../parts/data-table.js';
import { gateList } from '../parts/gate-list.js';
import { statusChip } from '../parts/status-chip.js';
import { moment, showTime, span } from '../parts/times.js';
import type { TimelineEntry } from '../parts/timeline.js';
import type { EffectWithCalls, HistoryLine } from '../reports/history-report.js';
import { shopName } from '../reports/needs-report.js';
import { callsCard, historyCard } from './history-card.js';
import { linesOfOrder, type LineCount } from './order-lines-view.js';
import { plainAmount, wordsOf } from './order-list-routes.js';
import { buyerCard } from './buyer-card.js';
import { rawCard } from './raw-card.js';

interface OrderPageView {
  now: Date;
  document: StoredDocument;
  record: OrderRecord;
  connection: Connection | undefined;
  explanation: OrderExplanation;
  history: readonly HistoryLine[];
  effects: readonly EffectWithCalls[];
  /** The buyer's data are shown, which was written down. */
  isUnmasked: boolean;
  /** May act, and see the buyer. */
  mayAct: boolean;
  session: { csrfToken: string };
}

/** An order that the ERP has: what it is, what is open, why it is where it is, and what happened. */
export function orderPage(view: OrderPageView): Html {
  const { record, explanation, now } = view;
  const lines = linesOfOrder(record);
  return html`<div class="cols">
    <div class="stack">
      ${itemsCard(lines, record)} ${childrenCard(view)} ${whyCard(explanation, 'why')}
      ${cancellationsCard(explanation)} ${callsCard(view.effects, now)}
      ${historyCard(view.history, futureOf(view, lines))} ${rawCard(view)}
    </div>
    <div class="stack">
      ${deadlineCard(view, lines)} ${factsCard(view)} ${buyerCard(view)} ${relatedCard(view)}
    </div>
  </div>`;
}

function itemsCard(lines: readonly LineCount[], { order }: OrderRecord): Html {
  const open = lines.reduce((sum, line) => sum + line.open, 0);
  const { amounts, currency } = order;
  return card({
    id: 'items',
    title: 'Items',
    end: open === 0 ? 'nothing is open' : `${open} ${open === 1 ? 'piece is' : 'pieces are'} open`,
    isFull: true,
    body: dataTable({
      caption: 'Items',
      rows: lines,
      empty: 'The order has no lines.',
      columns: [
        { title: 'Line', cell: ({ number }) => number },
        {
          title: 'SKU',
          cell: ({ supplierSku, merchantSku }) =>
            html`<b>${supplierSku}</b>${
                merchantSku !== supplierSku && html`<span class="sub">seller SKU ${merchantSku}</span>`
              }`,
        },
        {
          title: 'Product',
          cell: ({ name, isGift }) => html`${name}${isGift && html`<span class="sub">gift</span>`}`,
        },
        { title: 'Ordered', isNumber: true, cell: ({ ordered }) => ordered },
        { title: 'Cancelled', isNumber: true, cell: ({ cancelled }) => cancelled },
        { title: 'Shipped', isNumber: true, cell: ({ shipped }) => shipped },
        { title: 'Open', isNumber: true, cell: (line) => html`<b>${line.open}</b>` },
        { title: 'Price', isNumber: true, cell: ({ price }) => (price === null ? '–' : plainAmount(price)) },
      ],
    }),
    foot: amounts.total && html`Total <b>${plainAmount(amounts.total)} ${currency}</b>`,
  });
}

function childrenCard({ explanation }: OrderPageView): Html | null {
  if (explanation.documents.length === 0) return null;
  return card({
    id: 'documents',
    title: 'Shipments, cancellations, returns',
    isFull: true,
    body: dataTable({
      caption: 'Documents of the order',
      rows: explanation.documents,
      empty: '',
      columns: [
        {
          title: 'Document',
          cell: ({ type, key, reference }) =>
            html`<a href="${documentHref(type, key)}">${reference}</a
              ><span class="sub">${documentTypeNames[type]}, key ${key}</span>`,
        },
        { title: 'State', cell: ({ type, statusCode }) => statusChip(type, statusCode) },
        { title: 'TikTok says', cell: ({ errorMessage }) => errorMessage ?? '' },
      ],
    }),
  });
}

/** The rules that decide, with what to do; also of an order that was never imported. */
export function whyCard(explanation: OrderExplanation, id: string): Html {
  const { summary, nextSteps, gates, shippingGates } = explanation;
  return card({
    id,
    title: 'Why it is where it is',
    body: html`<p>${summary}</p>
      ${
        nextSteps.length > 0 &&
        html`<ul>
          ${nextSteps.map((step) => html`<li>${step}</li>`)}
        </ul>`
      }
      ${
        gates.length > 0 &&
        html`<h3>Coming in</h3>
          ${gateList(gates)}`
      }
      ${
        shippingGates.length > 0 &&
        html`<h3>Shipping</h3>
          ${gateList(shippingGates)}`
      }`,
  });
}

/** TikTok's cancellations of the order, with what became of them. */
export function cancellationsCard({ cancellations }: OrderExplanation): Html | null {
  if (cancellations.length === 0) return null;
  return card({
    id: 'cancellations',
    title: 'Cancellations in TikTok',
    isFull: true,
    body: dataTable({
      caption: 'Cancellations in TikTok',
      rows: cancellations,
      empty: '',
      columns: [
        { title: 'Cancellation', cell: ({ cancelId }) => cancelId },
        { title: 'By', cell: ({ by }) => by },
        {
          title: 'Status',
          cell: ({ status, outcome }) => html`${wordsOf(status)}<span class="sub">${outcome}</span>`,
        },
        { title: 'Reason', cell: ({ reason }) => reason && wordsOf(reason) },
        { title: 'Answer by', cell: ({ answerBy }) => answerBy && showTime(answerBy) },
      ],
    }),
  });
}

function futureOf({ record, now, effects }: OrderPageView, lines: readonly LineCount[]): TimelineEntry[] {
  const { shipBy, autoCancelAt } = record.order;
  const isOpen = lines.some(({ open }) => open > 0);
  const entries: TimelineEntry[] = effects.flatMap(({ state, nextAttemptAt }) =>
    state === 'pending' || state === 'in_doubt'
      ? [{ at: nextAttemptAt, look: 'next' as const, text: 'Next attempt at TikTok' }]
      : [],
  );
  if (isOpen && shipBy && shipBy > now) entries.push({ at: shipBy, look: 'next', text: 'Ship by' });
  if (isOpen && autoCancelAt && autoCancelAt > now)
    entries.push({ at: autoCancelAt, look: 'next', text: 'TikTok cancels what is not shipped' });
  return entries;
}

function deadlineCard({ record, now }: OrderPageView, lines: readonly LineCount[]): Html | null {
  const { shipBy, autoCancelAt, createdAt } = record.order;
  if (!shipBy || !lines.some(({ open }) => open > 0)) return null;
  const left = shipBy.getTime() - now.getTime();
  const all = Math.max(1, Math.round((shipBy.getTime() - createdAt.getTime()) / HOUR_MS));
  const hours = Math.max(0, Math.round(left / HOUR_MS));
  return card({
    id: 'deadline',
    title: 'Deadline',
    body: html`<p>
        <b>${left > 0 ? `${span(left)} left` : `overdue for ${span(-left)}`}</b>
        <span class="muted">ship by ${showTime(shipBy)}</span>
      </p>
      <meter
        min="0"
        max="${all}"
        value="${Math.min(all, hours)}"
        aria-label="${hours} of ${all} hours left"
      ></meter>
      <p class="s muted">
        Then TikTok counts a late
        dispatch${autoCancelAt && `, and cancels what is not shipped at ${showTime(autoCancelAt)}`}.
      </p>`,
  });
}

function factsCard({ document, record, connection, now }: OrderPageView): Html {
  const { order } = record;
  return card({
    id: 'facts',
    title: 'Facts',
    body: facts([
      ['Key', `${document.key}, link ${document.linkKey}`],
      [
        'Shop',
        connection ? html`<a href="/connections/${connection.id}">${shopName(connection)}</a>` : 'closed',
      ],
      ['Ordered', showTime(order.createdAt)],
      ['Paid', order.paidAt && showTime(order.paidAt)],
      ['Came in', record.exportedAt && showTime(record.exportedAt)],
      ['Read from TikTok', moment(record.readAt, now)],
      ['Payment', order.paymentMethod],
      ['Delivery', order.deliveryOptionName],
      ['Kind', order.orderType === 'NORMAL' ? null : wordsOf(order.orderType)],
      ['Packages', order.packageIds.join(', ')],
    ]),
  });
}

function relatedCard({ record, explanation }: OrderPageView): Html {
  const { together } = record;
  return card({
    id: 'related',
    title: 'Related',
    body: facts([
      [
        'Documents',
        explanation.documents.length === 0
          ? html`<span class="muted">none</span>`
          : `${explanation.documents.length}, see above`,
      ],
      [
        'Returns',
        explanation.returns.length === 0 ? html`<span class="muted">none</span>` : explanation.returns.length,
      ],
      [
        'One parcel with',
        together.length > 0 && together.map((id) => html`<a href="/orders/tiktok/${id}">${id}</a> `),
      ],
      ['Explained', html`<a href="/help">every rule and error</a>`],
    ]),
  });
}
