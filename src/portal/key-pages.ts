import type { ApiKey, KeySlot } from '../companies/api-key-store.js';
import type { Company } from '../companies/company-store.js';
import type { OperatorSession } from '../companies/operator-session-store.js';
import { html, type Html } from './html.js';
import { csrfField, notice, showTime } from './layout.js';

/** How long an old key may work beside its new one. */
export const MOST_GRACE_HOURS = 720;

/** The keys of one place of a company, and what can be done with them. */
export function keySection(
  session: OperatorSession,
  company: Company,
  slot: KeySlot,
  keys: readonly ApiKey[],
): Html {
  const path = `/companies/${company.id}/keys/${slot}`;
  const key = keys.find(({ retiredAt }) => retiredAt === null);
  return html`<section>
    <h2>${slot === 'primary' ? 'Primary' : 'Secondary'} key</h2>
    ${keys.length === 0 ? html`<p class="muted">None.</p>` : keys.map((each) => keyFacts(each))}
    ${
      key
        ? html`<details>
            <summary>Replace or revoke the ${slot} key</summary>
            <p>
              Last used ${showTime(key.lastUsedAt)}. With 0 hours, and when it is revoked, every key of this
              place ends within a second: whoever still calls with one is refused.
            </p>
            ${keyForm(session, path, slot, key)}
            <form method="post" action="${path}/revoke">
              ${csrfField(session)}<button class="danger">Revoke the ${slot} key</button>
            </form>
          </details>`
        : html`${keyForm(session, path, slot, null)}${
            keys.length > 0 &&
            html`<form method="post" action="${path}/revoke">
              ${csrfField(session)}<button class="danger">Revoke the ${slot} key</button>
            </form>`
          }`
    }
  </section>`;
}

/** The old key goes on for a day unless somebody says otherwise: an ERP that is not told is not cut off. */
const USUAL_GRACE_HOURS = 24;

function keyForm(session: OperatorSession, path: string, slot: KeySlot, key: ApiKey | null): Html {
  return html`<form method="post" action="${path}">
    ${csrfField(session)}
    <div class="field">
      <label for="label-${slot}">What it is for</label>
      <input type="text" id="label-${slot}" name="label" maxlength="100" value="${key?.label ?? ''}" />
    </div>
    ${
      key &&
      html`<div class="field">
        <label for="grace-${slot}">Hours that the old key works beside the new one</label>
        <input
          type="number"
          id="grace-${slot}"
          name="grace"
          min="0"
          max="${MOST_GRACE_HOURS}"
          value="${USUAL_GRACE_HOURS}"
        />
      </div>`
    }
    <button class="quiet">${key ? 'Replace' : 'Create'} the ${slot} key</button>
  </form>`;
}

function keyFacts(key: ApiKey): Html {
  return html`<p>
    ${key.label && html`<strong>${key.label}</strong>, `}${key.id}, made
    ${showTime(key.createdAt)}${key.createdBy && html` by ${key.createdBy}`}, last used
    ${showTime(key.lastUsedAt)}${key.retiredAt ? html`, replaced, works until ${showTime(key.expiresAt)}` : key.expiresAt && html`, expires ${showTime(key.expiresAt)}`}.
  </p>`;
}

/** A key that was just made. @param key null: its page is loaded again */
export function madeKey(slot: KeySlot, key: string | null): Html {
  return key === null
    ? notice('warn', `The new ${slot} key was shown, and is shown only once.`, 'Replace it if nobody has it.')
    : html`${notice('good', `This is the new ${slot} key. It is shown only now: copy it.`)}
        <section>
          <p class="key">${key}</p>
        </section>`;
}
