import { shownId, type OperatorSession, type SessionView } from '../companies/operator-session-store.js';
import { html, type Html } from './html.js';
import { csrfField, notice } from './layout.js';
import { passwordField, userName } from './operator-pages.js';
import { sessionTable } from './session-table.js';

/** One's own account: password, second factor, log-ins. */
export function accountPage(
  session: OperatorSession,
  sessions: readonly SessionView[],
  done: string | null,
): Html {
  const { operator } = session;
  return html`${done && notice('good', done)}
    <p>
      ${operator.login},
      ${operator.role}${operator.companyId !== null && html` of company ${operator.companyId}`}.
    </p>
    <section aria-labelledby="password-title">
      <h2 id="password-title">New password</h2>
      <form method="post" action="/account/password">
        ${csrfField(session)}${userName(operator.login)}${oldPassword('Present password')} ${passwordField()}
        <p class="hint">Ends all your other log-ins.</p>
        <button>Change the password</button>
      </form>
    </section>
    <section aria-labelledby="second">
      <h2 id="second">Second factor</h2>
      ${
        operator.hasSecondFactor
          ? html`<p>On: each log-in asks for a code of your authenticator app.</p>
              <form method="post" action="/account/second-factor/off">
                ${csrfField(session)}${userName(operator.login)}${oldPassword('Password', 'off')}
                <button class="danger">Switch it off</button>
              </form>`
          : html`<p>Off. With it, a password that somebody has seen opens nothing.</p>
              <form method="post" action="/account/second-factor">
                ${csrfField(session)}<button class="quiet">Set up an authenticator app</button>
              </form>`
      }
    </section>
    <section aria-labelledby="sessions">
      <h2 id="sessions">Log-ins</h2>
      ${sessionTable(sessions, shownId(session.idHash), (id) => endForm(session, '/account/sessions/end', id))}
      <form method="post" action="/account/sessions/end">
        ${csrfField(session)}<button class="quiet">End all others</button>
      </form>
    </section>`;
}

/** What an authenticator app needs; shown once. */
export function enrolPage(session: OperatorSession, secret: string, uri: string): Html {
  return html`<section>
      <p>Open this link on the device with your authenticator app, or type the secret into it.</p>
      <p><a href="${uri}">Add to an authenticator app</a></p>
      <p class="key">${secret}</p>
      <form method="post" action="/account/second-factor/confirm">
        ${csrfField(session)}
        <div class="field">
          <label for="code">The code that the app shows now</label>
          <input type="text" id="code" name="code" maxlength="40" autocomplete="one-time-code" required />
        </div>
        <button>Switch the second factor on</button>
      </form>
    </section>
    <p><a href="/account">Back to the account</a></p>`;
}

/** The way in when the device is lost; shown once. */
export function recoveryPage(codes: readonly string[]): Html {
  return html`${notice('good', 'The second factor is on.', 'Keep these recovery codes. They are shown only now, and each works once.')}
    <section>
      <ul>
        ${codes.map((code) => html`<li class="key">${code}</li>`)}
      </ul>
    </section>
    <p><a href="/account">Back to the account</a></p>`;
}

function endForm(session: OperatorSession, action: string, id: string): Html {
  return html`<form method="post" action="${action}">
    ${csrfField(session)}<input type="hidden" name="session" value="${id}" /><button
      class="quiet"
      aria-label="End the log-in ${id}"
    >
      End
    </button>
  </form>`;
}

function oldPassword(label: string, place = 'change'): Html {
  return html`<div class="field">
    <label for="old-${place}">${label}</label>
    <input type="password" id="old-${place}" name="old" autocomplete="current-password" required />
  </div>`;
}
