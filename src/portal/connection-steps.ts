import type { OperatorSession } from '../companies/operator-session-store.js';
import { missingScopes, type Authorization } from '../connections/authorization.js';
import type { Connection } from '../connections/connection.js';
import type { ShopOffer } from '../connections/shops.js';
import { html, type Html } from './html.js';
import { csrfField, notice, showTime } from './layout.js';
import type { Environment } from '../domain/shop.js';

export interface StepsView {
  session: OperatorSession;
  connection: Connection;
  authorization: Authorization | null;
  baseUrls: { environment: Environment; baseUrl: string }[];
  /** What Get Shops has answered; null before it was pressed. */
  shops: ShopOffer[] | null;
}

/** The seven steps from nothing to a connected shop, in the order in which they are done. */
export function connectionSteps(view: StepsView): Html {
  const { connection } = view;
  const consented = view.authorization?.status === 'active';
  const saved = connection.shopId !== null;
  return html`<section aria-labelledby="steps">
    <h2 id="steps">Steps</h2>
    <ol class="steps">
      ${step(1, 'Create the connection', true, html`<p>${connection.name}, partner number ${connection.partnerId}.</p>`)}
    </ol>
    <form method="post" action="/connections/${connection.id}/connect">
      ${csrfField(view.session)}
      <ol class="steps" start="2">
        ${step(2, 'Base URL', true, baseUrlField(view))} ${step(3, 'Is US?', true, isUsField(connection))}
        ${step(4, 'Connect', consented, connectPart(view))}
      </ol>
    </form>
    <ol class="steps" start="5">
      ${step(5, 'Get Shops', saved || view.shops !== null, getShopsPart(view, consented))}
    </ol>
    <form method="post" action="/connections/${connection.id}/shop">
      ${csrfField(view.session)}
      <ol class="steps" start="6">
        ${step(6, 'Shop Cipher', saved, cipherPart(view))}
        ${step(7, 'Save', saved, savePart(view, consented))}
      </ol>
    </form>
  </section>`;
}

/** The fields of a connection that is still to be made. */
export function serverFields(baseUrls: StepsView['baseUrls'], environment: Environment | null): Html {
  const current = baseUrls.find((choice) => choice.environment === environment) ?? baseUrls[0];
  const hints = baseUrls.map(
    (choice) =>
      html`<code>${choice.baseUrl}</code> (${choice.environment})${choice === baseUrls.at(-1) ? '' : ' or '}`,
  );
  return html`<div class="field">
    <label for="baseUrl">Base URL</label>
    <p class="hint" id="baseUrlHint">${hints}. TikTok's test shops are on the production address too.</p>
    <input
      type="url"
      id="baseUrl"
      name="baseUrl"
      value="${current?.baseUrl ?? ''}"
      list="baseUrls"
      aria-describedby="baseUrlHint"
      required
    />
    <datalist id="baseUrls">
      ${baseUrls.map(({ baseUrl }) => html`<option value="${baseUrl}"></option>`)}
    </datalist>
  </div>`;
}

export function isUsField(connection: { isUs: boolean }): Html {
  return html`<div class="field">
    <label for="isUs">Is US?</label>
    <p class="hint" id="isUsHint">Yes for shops in the United States: they log in on a page of their own.</p>
    <select id="isUs" name="isUs" aria-describedby="isUsHint">
      ${option('no', 'No', !connection.isUs)} ${option('yes', 'Yes', connection.isUs)}
    </select>
  </div>`;
}

function option(value: string, label: string, chosen: boolean): Html {
  return chosen
    ? html`<option value="${value}" selected>${label}</option>`
    : html`<option value="${value}">${label}</option>`;
}

function step(number: number, title: string, done: boolean, content: Html): Html {
  return html`<li>
    <h3>${number}. ${title} ${done && html`<span class="mark">✓ done</span>`}</h3>
    ${content}
  </li>`;
}

function baseUrlField(view: StepsView): Html {
  return serverFields(view.baseUrls, view.connection.environment);
}

function connectPart({ connection, authorization }: StepsView): Html {
  return html`${authorization && consentFacts(connection, authorization)}
    <p class="hint">
      Takes you to TikTok: choose the region, log in with the main account of the shop and install the app.
    </p>
    <button>${authorization ? 'Connect again' : 'Connect'}</button>`;
}

function consentFacts(connection: Connection, authorization: Authorization): Html {
  const missing = missingScopes(authorization.grantedScopes);
  const isUsShop = (connection.shopRegion ?? authorization.sellerRegion) === 'US';
  return html`<p>
      Authorised by <strong>${authorization.sellerName}</strong> (${authorization.sellerRegion}), valid until
      ${showTime(authorization.refreshExpiresAt)}.
    </p>
    ${authorization.status !== 'active' && notice('bad', authorization.statusReason ?? 'The authorisation has ended.')}
    ${missing.length > 0 && missingScopesNotice(missing)}
    ${
      isUsShop !== connection.isUs &&
      notice(
        'warn',
        `The seller's region is ${authorization.sellerRegion}, but Is US? says ${connection.isUs ? 'Yes' : 'No'}.`,
        'Set it right before the next Connect.',
      )
    }`;
}

function missingScopesNotice(missing: { scope: string; neededFor: string }[]): Html {
  const list = missing.map(({ scope, neededFor }) => `${scope} (${neededFor})`).join(', ');
  return notice(
    'warn',
    `The app lacks these permissions: ${list}.`,
    'Add them to the app in Partner Center, then press Connect again.',
  );
}

function getShopsPart({ connection, shops }: StepsView, consented: boolean): Html {
  return html`<p>
      ${
        consented
          ? html`<a class="button quiet" href="/connections/${connection.id}/shops">Get Shops</a>`
          : html`<span class="muted">After Connect.</span>`
      }
    </p>
    ${shops?.length === 0 && notice('warn', 'TikTok names no shop for this seller.', 'Check the account in Seller Center.')}`;
}

function cipherPart({ connection, shops }: StepsView): Html {
  return html`${connection.shopCipher && html`<p>Saved: ${connection.shopName}, <code>${connection.shopCipher}</code></p>`}
    ${shops && shops.length > 0 && shopTable(connection, shops)}
    <div class="field">
      <label for="cipher">Shop Cipher</label>
      <p class="hint" id="cipherHint">Pick a shop above, or paste a cipher here.</p>
      <input
        type="text"
        id="cipher"
        name="cipher"
        autocomplete="off"
        spellcheck="false"
        aria-describedby="cipherHint"
      />
    </div>`;
}

function shopTable(connection: Connection, shops: ShopOffer[]): Html {
  return html`<div class="scroll">
    <table>
      <thead>
        <tr>
          <th scope="col"><span class="muted">Pick</span></th>
          <th scope="col">Shop</th>
          <th scope="col">Id</th>
          <th scope="col">Region</th>
          <th scope="col">Seller type</th>
          <th scope="col">Cipher</th>
        </tr>
      </thead>
      <tbody>
        ${shops.map((shop) => shopRow(shop, shop.id === connection.shopId))}
      </tbody>
    </table>
  </div>`;
}

function shopRow(shop: ShopOffer, chosen: boolean): Html {
  const id = `shop-${shop.id}`;
  const radio = chosen
    ? html`<input type="radio" id="${id}" name="picked" value="${shop.cipher}" checked />`
    : html`<input type="radio" id="${id}" name="picked" value="${shop.cipher}" />`;
  return html`<tr>
    <td>${shop.usedBy === null ? radio : '–'}</td>
    <td>
      <label class="inline" for="${id}">${shop.name}</label>
      ${shop.usedBy !== null && html`<br /><span class="muted">in use by ${userOf(shop.usedBy)}</span>`}
    </td>
    <td>${shop.id}</td>
    <td>${shop.region}</td>
    <td>
      ${shop.sellerType}
      ${shop.crossBorder && html`<br /><span class="muted">cross-border: products cannot be sent to it</span>`}
    </td>
    <td><code>${shop.cipher}</code></td>
  </tr>`;
}

function userOf(user: NonNullable<ShopOffer['usedBy']>): Html {
  return user === 'another company'
    ? html`another company`
    : html`<a href="/connections/${user.connectionId}">${user.name}</a>`;
}

function savePart({ connection }: StepsView, consented: boolean): Html {
  return html`<p class="hint">Checks the cipher with TikTok and starts the schedules of this shop.</p>
    ${consented || connection.shopId !== null ? html`<button>Save</button>` : html`<span class="muted">After Connect.</span>`}`;
}
