import type { SessionView } from '../companies/operator-session-store.js';
import { html, type Html } from './html.js';
import { showTime } from './layout.js';

/** Where somebody is logged in. @param end a form for one of them; left out where none is shown */
export function sessionTable(
  sessions: readonly SessionView[],
  own: string | null,
  end?: (id: string) => Html,
): Html {
  if (sessions.length === 0) return html`<p class="muted">None.</p>`;
  const rows = sessions.map(
    ({ id, createdAt, seenAt, range, browser }) =>
      html`<tr>
        <td>${showTime(createdAt)}</td>
        <td>${showTime(seenAt)}</td>
        <td>${range ?? 'not known'}</td>
        <td>${browser ?? 'not known'}</td>
        <td>${id === own ? 'this one' : end?.(id)}</td>
      </tr>`,
  );
  return html`<div class="scroll">
    <table>
      <thead>
        <tr>
          <th scope="col">Since</th>
          <th scope="col">Last seen</th>
          <th scope="col">From</th>
          <th scope="col">Browser</th>
          <th scope="col"><span class="muted">Action</span></th>
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`;
}
