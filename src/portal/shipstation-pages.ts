import type { ShipStationStanding } from '../channels/shipstation/manage-shipstation.js';
import type { OperatorSession } from '../companies/operator-session-store.js';
import type { Connection } from '../connections/connection.js';
import { html, type Html } from './html.js';
import { csrfField, notice, showTime } from './layout.js';
import { card, facts } from './parts/card.js';

/** How long an old password may work beside its new one. */
export const MOST_STORE_GRACE_HOURS = 168;
const USUAL_GRACE_HOURS = 24;

interface StoreView {
  session: OperatorSession;
  connection: Connection;
  standing: ShipStationStanding;
  url: string;
  mayChange: boolean;
}

/** How a shop stands with ShipStation, and what can be done about it. */
export function shipStationPage(view: StoreView): Html {
  const { connection, standing, url } = view;
  const { logIn, leftOut, refused } = standing;
  return html`${card({
    id: 'standing',
    title: 'Standing',
    body: logIn
      ? facts([
          ['Orders fetched last', showTime(logIn.readAt)],
          ['Label told last', showTime(logIn.saidAt)],
          ['Orders left out', leftOut === 0 ? '' : `${leftOut}: their history says why`],
          ['Orders with a refused label', refused === 0 ? '' : `${refused}: their history says why`],
          ['URL to Custom XML Page', url],
          ['User name', logIn.login],
          ['Password made', html`${showTime(logIn.createdAt)} by ${logIn.createdBy}`],
          ['The one before works until', logIn.previousUntil && showTime(logIn.previousUntil)],
        ])
      : html`<p>
          ShipStation is not let in. Make a password, then make a Custom Store in ShipStation with it.
        </p>`,
  })}
  ${card({ id: 'words', title: 'Words of the states', body: words(connection) })}
  ${view.mayChange && passwordCard(view)}`;
}

function words({ id, settings }: Connection): Html {
  const { shipStationStatuses: own } = settings;
  return html`<p>
      The store in ShipStation needs the same words, letter by letter.
      <a href="/connections/${id}/settings">Change them in the settings.</a>
    </p>
    ${facts([
      ['Paid status', own['awaiting'] ?? 'paid'],
      ['On-hold status', own['on-hold'] ?? 'on_hold'],
      ['Shipped status', own['shipped'] ?? 'shipped'],
      ['Cancelled status', own['cancelled'] ?? 'cancelled'],
    ])}`;
}

function passwordCard({ session, connection, standing: { logIn } }: StoreView): Html {
  const path = `/connections/${connection.id}/shipstation`;
  return card({
    id: 'password',
    title: logIn ? 'Another password' : 'Password',
    body: html`<form method="post" action="${path}/password">
        ${csrfField(session)}
        ${
          logIn &&
          html`<div class="field">
            <label for="grace">Hours that the old password works beside the new one</label>
            <input
              type="number"
              id="grace"
              name="grace"
              min="0"
              max="${MOST_STORE_GRACE_HOURS}"
              value="${USUAL_GRACE_HOURS}"
            />
          </div>`
        }
        <button>${logIn ? 'Make another password' : 'Make a password'}</button>
      </form>
      ${
        logIn &&
        html`<form method="post" action="${path}/remove">
          ${csrfField(session)}<button class="danger">Keep ShipStation out</button>
        </form>`
      }`,
  });
}

/** A password that was just made; shown once. */
export function newStorePasswordPage(made: {
  connection: Connection;
  url: string;
  login: string;
  password: string;
}): Html {
  const { connection, url, login, password } = made;
  return html`${notice('good', 'The password is shown only now: enter it in ShipStation, or copy it.')}
    ${card({
      id: 'made',
      title: 'In ShipStation: Settings, Selling Channels, Store Setup, Custom Store',
      body: facts([
        ['URL to Custom XML Page', url],
        ['Username', login],
        ['Password', html`<span class="key">${password}</span>`],
      ]),
    })}
    <p><a href="/connections/${connection.id}/shipstation">Back to ShipStation of ${connection.name}</a></p>`;
}
