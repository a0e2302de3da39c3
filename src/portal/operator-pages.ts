import { operatorRoles, type OperatorRole } from '../companies/actor.js';
import type { OperatorSession, SessionView } from '../companies/operator-session-store.js';
import type { Operator, OperatorView, RoleChoice } from '../companies/operator-store.js';
import { sessionTable } from './session-table.js';
import { html, type Html } from './html.js';
import { csrfField, notice, showTime } from './layout.js';
import { card } from './parts/card.js';
import { dataTable } from './parts/data-table.js';

/** Who may log in, and a form for one more. */
export function operatorList(
  session: OperatorSession,
  operators: readonly OperatorView[],
  done: string | null,
): Html {
  return html`${done && notice('good', done)}
    ${card({
      id: 'operators',
      title: 'Operators',
      isFull: true,
      body: dataTable({
        caption: 'Operators',
        rows: operators,
        empty: 'Nobody may log in.',
        columns: [
          { title: 'Operator', cell: ({ id, login }) => html`<a href="/operators/${id}">${login}</a>` },
          {
            title: 'Added',
            cell: ({ createdAt, createdBy }) =>
              html`${showTime(createdAt)}${createdBy && html`<span class="sub">by ${createdBy}</span>`}`,
          },
          {
            title: 'Password changed',
            cell: ({ passwordSetAt, passwordSetBy }) =>
              html`${showTime(passwordSetAt)}${passwordSetBy && html`<span class="sub">by ${passwordSetBy}</span>`}`,
          },
          {
            title: 'Role',
            cell: ({ role, companyId }) =>
              html`${role}${companyId !== null && html` of company ${companyId}`}`,
          },
          { title: 'Second factor', cell: ({ hasSecondFactor }) => (hasSecondFactor ? 'yes' : 'no') },
          {
            title: 'Last seen',
            cell: ({ lastSeenAt }) => (lastSeenAt ? showTime(lastSeenAt) : 'not logged in'),
          },
        ],
      }),
    })}
    <section>
      <h2>New operator</h2>
      <form method="post" action="/operators">
        ${csrfField(session)}
        <div class="field">
          <label for="login">Login</label>
          <input type="text" id="login" name="login" maxlength="100" autocomplete="off" required />
        </div>
        ${passwordField()} ${roleFields({ role: 'operator', companyId: null })}
        <button>Add</button>
      </form>
    </section>`;
}

/** What can be done with one operator. */
export function operatorPage(
  session: OperatorSession,
  operator: Operator,
  sessions: readonly SessionView[],
): Html {
  const path = `/operators/${operator.id}`;
  const self = session.operator.id === operator.id;
  return html`${self ? html`<p>This is you: password, second factor and log-ins are on <a href="/account">your account</a>.</p>` : forOthers(session, operator, sessions)}
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

function forOthers(session: OperatorSession, operator: Operator, sessions: readonly SessionView[]): Html {
  const path = `/operators/${operator.id}`;
  return html`<section>
      <h2>Role</h2>
      <form method="post" action="${path}/role">
        ${csrfField(session)}${roleFields(operator)}
        <button class="quiet">Save the role</button>
      </form>
    </section>
    <section>
      <h2>New password</h2>
      <form method="post" action="${path}/password">
        ${csrfField(session)}${userName(operator.login)}${passwordField()}
        <p class="hint">Ends every session of ${operator.login}.</p>
        <button>Set the password</button>
      </form>
    </section>
    <section>
      <h2>Second factor</h2>
      ${
        operator.hasSecondFactor
          ? html`<form method="post" action="${path}/second-factor/off">
              ${csrfField(session)}
              <p>
                On. Who has lost the device and the recovery codes logs in with the password once it is off.
              </p>
              <button class="danger">Switch it off</button>
            </form>`
          : html`<p class="muted">Off. Only ${operator.login} can switch it on.</p>`
      }
    </section>
    <section>
      <h2>Log-ins</h2>
      ${sessionTable(sessions, null)}
      <form method="post" action="${path}/sessions/end">
        ${csrfField(session)}<button class="quiet">Log ${operator.login} out everywhere</button>
      </form>
    </section>`;
}

function roleFields({ role, companyId }: RoleChoice): Html {
  const about: Record<OperatorRole, string> = {
    operator: 'operator: administers everything',
    seller: 'seller: works with one company',
    reader: 'reader: looks on, at one company or at all',
  };
  const options = operatorRoles.map(
    (each) => html`<option value="${each}" ${each === role && 'selected'}>${about[each]}</option>`,
  );
  return html`<div class="field">
      <label for="role">Role</label>
      <select id="role" name="role">
        ${options}
      </select>
    </div>
    <div class="field">
      <label for="company">Number of the company, of a seller or a reader</label>
      <input
        type="text"
        id="company"
        name="company"
        inputmode="numeric"
        maxlength="10"
        value="${companyId}"
      />
    </div>`;
}

/** Whose password a form is about, for keepers of passwords; nobody sees it. */
export function userName(login: string): Html {
  return html`<input
    type="text"
    value="${login}"
    autocomplete="username"
    aria-label="Login"
    hidden
    readonly
  />`;
}

export function passwordField(): Html {
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
