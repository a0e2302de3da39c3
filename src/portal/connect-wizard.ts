import type { OperatorSession } from '../companies/operator-session-store.js';
import type { Authorization } from '../connections/authorization.js';
import type { Connection } from '../connections/connection.js';
import type { ShopOffer } from '../connections/shops.js';
import { beforeYouStart, consentFacts, isUsField, serverFields, type BaseUrls } from './connection-steps.js';
import { html, type Html } from './html.js';
import { csrfField, notice } from './layout.js';
import { chip } from './parts/chip.js';
import { nothingFilled } from './parts/field.js';

export interface WizardView {
  session: OperatorSession;
  connection: Connection;
  authorization: Authorization | null;
  baseUrls: BaseUrls;
  /** What Get Shops has answered; null before it was pressed. */
  shops: ShopOffer[] | null;
  redirectUrl: string;
}

/** The steps of the article, in its words and order. */
const STEPS = ['General', 'Connect', 'Get Shops', 'Shop Cipher', 'Save'] as const;

/** Where somebody is; what is done is ticked. */
export function stepTrail(current: (typeof STEPS)[number]): Html {
  const at = STEPS.indexOf(current);
  return html`<ol class="trail" aria-label="Steps">
    ${STEPS.map((name, index) =>
      index === at
        ? html`<li aria-current="step">${index + 1}. ${name}</li>`
        : html`<li class="${index < at && 'done'}">${index < at && '✓ '}${index + 1}. ${name}</li>`,
    )}
  </ol>`;
}

/** One step a screen, the next control always at the top. */
export function connectWizard(view: WizardView): Html {
  const { authorization, shops } = view;
  if (authorization?.status !== 'active') return connectScreen(view);
  if (shops === null || shops.length === 0) return getShopsScreen(view);
  return pickScreen(view, shops);
}

/** Base URL and Is US? once more, with Connect: for a first try that broke off, and for another account. */
export function connectScreen({
  session,
  connection,
  authorization,
  baseUrls,
  redirectUrl,
}: WizardView): Html {
  return html`${stepTrail('Connect')}
    <section>
      ${authorization && consentFacts(connection, authorization)}
      <form method="post" action="/connections/${connection.id}/connect">
        ${csrfField(session)}${serverFields(baseUrls, connection.environment, nothingFilled)}
        ${isUsField(connection.isUs ? 'yes' : 'no', nothingFilled)}
        <p class="hint">
          Takes you to TikTok: choose the region, log in with the main account of the shop and install the
          app.
        </p>
        <button>${authorization ? 'Connect again' : 'Connect'}</button>
      </form>
    </section>
    ${beforeYouStart(redirectUrl)}`;
}

function getShopsScreen(view: WizardView): Html {
  const { connection, authorization, shops } = view;
  return html`${stepTrail('Get Shops')}
    <section>
      ${authorization && consentFacts(connection, authorization)}
      ${shops?.length === 0 && notice('warn', 'TikTok names no shop for this seller.', 'Check the account in Seller Center.')}
      <p><a class="button" href="/connections/${connection.id}/shops">Get Shops</a></p>
    </section>
    ${againFold(view)}`;
}

function pickScreen(view: WizardView, shops: readonly ShopOffer[]): Html {
  const { session, connection, authorization } = view;
  const free = shops.filter(({ usedBy }) => usedBy === null);
  const only = free.length === 1 ? free[0] : undefined;
  return html`${stepTrail('Shop Cipher')}
    <section>
      <p>
        ${authorization?.sellerName} has authorised ${shops.length} ${shops.length === 1 ? 'shop' : 'shops'}.
        Each can be on one connection.
      </p>
      <form method="post" action="/connections/${connection.id}/shop">
        ${csrfField(session)}
        <fieldset class="pick">
          <legend>Shop</legend>
          ${shops.map((shop) => offer(shop, shop.id === connection.shopId || shop === only))}
        </fieldset>
        <details>
          <summary>Paste a Shop Cipher instead</summary>
          <div class="field">
            <label for="cipher">Shop Cipher</label>
            <input type="text" id="cipher" name="cipher" autocomplete="off" spellcheck="false" />
          </div>
        </details>
        <button>Save</button>
        <p class="hint">
          Checks the cipher with TikTok and starts the schedules of this shop. A connection can be paused or
          closed at any time.
        </p>
      </form>
    </section>
    ${againFold(view)}`;
}

function offer(shop: ShopOffer, isChosen: boolean): Html {
  const id = `shop-${shop.id}`;
  const facts = html`<span
    ><label class="inline" for="${id}">${shop.name}</label>
    <span class="muted">${shop.region} · ${shop.id}</span><br />
    <span class="s muted"
      >${shop.crossBorder && 'cross-border: products cannot be sent to it · '}cipher
      <code>${shop.cipher}</code></span
    ></span
  >`;
  if (shop.usedBy !== null)
    return html`<div class="offer">
      <span aria-hidden="true">–</span>${facts}<span
        >${chip('idle', 'taken')}<br /><span class="s">in use by ${userOf(shop.usedBy)}</span></span
      >
    </div>`;
  const radio = isChosen
    ? html`<input type="radio" id="${id}" name="picked" value="${shop.cipher}" checked />`
    : html`<input type="radio" id="${id}" name="picked" value="${shop.cipher}" />`;
  return html`<div class="offer">${radio}${facts}${chip('good', 'free')}</div>`;
}

function userOf(user: NonNullable<ShopOffer['usedBy']>): Html {
  return user === 'another company'
    ? html`another company`
    : html`<a href="/connections/${user.connectionId}">${user.name}</a>`;
}

function againFold(view: WizardView): Html {
  const { session, connection, baseUrls } = view;
  return html`<section>
    <details>
      <summary>Connect again, with another account or server</summary>
      <form method="post" action="/connections/${connection.id}/connect">
        ${csrfField(session)}${serverFields(baseUrls, connection.environment, nothingFilled)}
        ${isUsField(connection.isUs ? 'yes' : 'no', nothingFilled)}
        <button class="quiet">Connect again</button>
      </form>
    </details>
  </section>`;
}
