import type { OperatorSession } from '../companies/operator-session-store.js';
import type { Operator, OperatorView } from '../companies/operator-store.js';
import { html, type Html } from './html.js';
import { csrfField, notice, showTime } from './layout.js';

/** Who may log in, and a form for one more. */
export function operatorList(
  session: OperatorSession,
  operators: readonly OperatorView[],
  done: string | null,
): Html {
  const rows = operators.map(
    (operator) =>
      html`<tr>
        <td><a href="/operators/${operator.id}">${operator.login}</a></td>
        <td>
          ${showTime(operator.createdAt)}${operator.createdBy && html`<br /><span class="muted">by ${operator.createdBy}</span>`}
        </td>
        <td>
          ${showTime(operator.passwordSetAt)}${operator.passwordSetBy && html`<br /><span class="muted">by ${operator.passwordSetBy}</span>`}
        </td>
        <td>${operator.lastSeenAt ? showTime(operator.lastSeenAt) : 'not logged in'}</td>
      </tr>`,
  );
  return html`${done && notice('good', done)}
    <section class="scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">Operator</th>
            <th scope="col">Added</th>
            <th scope="col">Password changed</th>
            <th scope="col">Last seen</th>
          </tr>
        </thead>
        <tbody>
          ${rows}
        </tbody>
      </table>
    </section>
    <section>
      <h2>New operator</h2>
      <form method="post" action="/operators">
        ${csrfField(session)}
        <div class="field">
          <label for="login">Login</label>
          <input type="text" id="login" name="login" maxlength="100" autocomplete="off" required />
        </div>
        ${passwordField()}
        <button>Add</button>
      </form>
    </section>`;
}

/** What can be done with one operator. */
export function operatorPage(session: OperatorSession, operator: Pick<Operator, 'id' | 'login'>): Html {
  const path = `/operators/${operator.id}`;
  const self = session.operator.id === operator.id;
  return html`<section>
      <h2>New password</h2>
      <form method="post" action="${path}/password">
        ${csrfField(session)}${passwordField()}
        <p class="hint">
          Ends every session of ${operator.login}${self && ', this one too: log in again then'}.
        </p>
        <button>Set the password</button>
      </form>
    </section>
    <section>
      <h2>Remove</h2>
      <form method="post" action="${path}/remove">
        ${csrfField(session)}
        <p>
          <input type="checkbox" id="sure" name="sure" value="yes" required />
          <label class="inline" for="sure">${operator.login} shall not log in any more.</label>
        </p>
        <button class="danger">Remove ${operator.login}</button>
      </form>
    </section>
    <p><a href="/operators">Back to all operators</a></p>`;
}

function passwordField(): Html {
  return html`<div class="field">
    <label for="password">Password</label>
    <p class="hint" id="passwordHint">
      At least 12 characters, and not one that others would try: no login, no well-known word, no 1234.
    </p>
    <input
      type="password"
      id="password"
      name="password"
      minlength="12"
      autocomplete="new-password"
      aria-describedby="passwordHint"
      required
    />
  </div>`;
}
