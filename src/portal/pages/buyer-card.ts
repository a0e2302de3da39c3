import type { OrderRecord } from '../../orders/order-record.js';
import { html, type Html } from '../html.js';
import { csrfField } from '../layout.js';
import { card } from '../parts/card.js';

interface BuyerView {
  document: { key: number };
  record: OrderRecord;
  isUnmasked: boolean;
  mayAct: boolean;
  session: { csrfToken: string };
}

/** Where it goes. Who the buyer is stays hidden until somebody asks for it, which the activity names. */
export function buyerCard({ document, record, isUnmasked, mayAct, session }: BuyerView): Html {
  const { recipient, buyerMessage, buyerEmail } = record.order;
  const region = recipient?.regionCode ?? '';
  const body =
    record.wipedAt !== null
      ? html`<p class="muted">The buyer was forgotten: the time for keeping is over.</p>`
      : !recipient
        ? html`<p class="muted">TikTok shows no address.</p>`
        : isUnmasked
          ? html`<p>
                ${[
                  recipient.name ?? [recipient.firstName, recipient.lastName].filter(Boolean).join(' '),
                  ...(recipient.addressLines.length > 0 ? recipient.addressLines : [recipient.fullAddress]),
                  [recipient.city, recipient.state, recipient.postalCode].filter(Boolean).join(', '),
                  region,
                  recipient.phone,
                  buyerEmail,
                ].map((line) => line && html`${line}<br />`)}
              </p>
              ${buyerMessage && html`<p>“${buyerMessage}”</p>`}
              <p class="s muted">That you have looked stands in the activity.</p>`
          : html`<p>•••••• ••••••<br />${region}</p>
              ${
                mayAct
                  ? html`<form method="post" action="/orders/${document.key}/buyer">
                      ${csrfField(session)}<button class="quiet small">Show the buyer's data</button>
                      <p class="s muted">It is written into the activity.</p>
                    </form>`
                  : html`<p class="s muted">Your role does not see the buyer's data.</p>`
              }`;
  return card({ id: 'ship-to', title: 'Ship to', body });
}
