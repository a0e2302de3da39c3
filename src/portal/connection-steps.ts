import { missingScopes, type Authorization } from '../connections/authorization.js';
import type { Connection } from '../connections/connection.js';
import type { Environment } from '../domain/shop.js';
import { html, type Html } from './html.js';
import { notice, showTime } from './layout.js';
import { field, type Filled } from './parts/field.js';

export type BaseUrls = readonly { environment: Environment; baseUrl: string }[];

/** The fields of a connection that is still to be made. The address of the environment that it has, else the first. */
export function serverFields(baseUrls: BaseUrls, environment: Environment | null, filled: Filled): Html {
  const current =
    environment === null ? baseUrls[0] : baseUrls.find((choice) => choice.environment === environment);
  const hints = baseUrls.map(
    (choice) =>
      html`<code>${choice.baseUrl}</code> (${choice.environment})${choice === baseUrls.at(-1) ? '' : ' or '}`,
  );
  return field({
    name: 'baseUrl',
    label: 'Base URL',
    type: 'url',
    hint: html`${hints}. TikTok's test shops are on the production address too.`,
    value: current?.baseUrl ?? '',
    filled,
  });
}

/** @param chosen nothing is chosen for anybody who has not said it */
export function isUsField(chosen: 'yes' | 'no' | '', filled: Filled): Html {
  return field({
    name: 'isUs',
    label: 'Is US?',
    hint: 'Yes for shops in the United States: they log in on a page of their own.',
    value: chosen,
    filled,
    choices: [...(chosen === '' ? [['', 'choose'] as const] : []), ['no', 'No'], ['yes', 'Yes']],
  });
}

/** Whose consent a connection has, and what is wrong with it. */
export function consentFacts(connection: Connection, authorization: Authorization): Html {
  const missing = missingScopes(authorization.grantedScopes);
  const isUsShop = (connection.shopRegion ?? authorization.sellerRegion) === 'US';
  const isActive = authorization.status === 'active';
  return html`<p>
      Authorised by <strong>${authorization.sellerName}</strong> (${authorization.sellerRegion})${
        isActive && html`, valid until ${showTime(authorization.refreshExpiresAt)}`
      }.
    </p>
    ${!isActive && notice('bad', authorization.statusReason ?? 'The authorisation has ended.')}
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

/** What the seller needs first, and where TikTok helps. */
export function beforeYouStart(redirectUrl: string): Html {
  return html`<section aria-labelledby="before">
    <h2 id="before">Before you start</h2>
    <ul>
      <li>A company with an API key in this service, for the ERP.</li>
      <li>
        A TikTok Shop account:
        <a href="https://seller-us-accounts.tiktok.com/account/register" rel="noreferrer"
          >TikTok Shop Seller Sign Up</a
        >. Only its main account can authorise an app.
      </li>
      <li>The app's redirect URL in Partner Center is <code>${redirectUrl}</code>.</li>
    </ul>
    <p>
      Help from TikTok:
      <a
        href="https://seller-my.tiktok.com/university/essay?knowledge_id=10000852&amp;identity=1&amp;from_article=1"
        rel="noreferrer"
        >TikTok Shop Academy</a
      >, <a href="https://seller-us.tiktok.com/contact-us" rel="noreferrer">TikTok Shop Support</a>.
    </p>
  </section>`;
}
