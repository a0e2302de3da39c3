import type { OperatorSession } from '../companies/operator-session-store.js';
import { html, htmlText, type Html, type HtmlValue } from './html.js';
import { menuList, type MenuCounts } from './parts/menu.js';
import { styleVersion } from './style.js';

export { showTime } from './parts/times.js';

export const STYLE_PATH = `/portal/style/${styleVersion}.css`;
export const ICON_PATH = '/portal/icon.svg';
export const SEARCH_PATH = '/search';

export interface Page {
  title: string;
  /** Null on pages for everybody: no menu. */
  session: OperatorSession | null;
  body: Html;
  /** The way here, before the title. */
  crumbs?: readonly (readonly [href: string, label: string])[];
  /** Beside the title: states and facts. */
  beside?: HtmlValue;
  /** At the right of the title: what can be done here. */
  actions?: HtmlValue;
  /** The page loads itself again after so many seconds, where something is under way. */
  refreshSeconds?: number | undefined;
}

/** What stands around every page: where somebody is, and what calls for attention. */
export interface Surroundings {
  /** Path of the page. */
  path: string;
  /** Null where nothing was counted. */
  counts: MenuCounts | null;
  isSimulator: boolean;
  companyName: string | null;
  /** What was searched for. */
  wanted: string;
}

/** The whole document around a page's own part. */
export function renderPage(page: Page, around: Surroundings): string {
  const document = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        ${page.refreshSeconds && html`<meta http-equiv="refresh" content="${page.refreshSeconds}" />`}
        <title>${page.title} · TikTok Shop connector</title>
        <link rel="stylesheet" href="${STYLE_PATH}" />
        <link rel="icon" type="image/svg+xml" href="${ICON_PATH}" />
      </head>
      ${page.session ? framed(page, page.session, around) : plain(page)}
    </html>`;
  return htmlText(document);
}

function plain(page: Page): Html {
  return html`<body class="plain">
    <a class="skip" href="#main">Skip to the content</a>
    <header>${brand()}</header>
    <main id="main" tabindex="-1">${heading(page)}${page.body}</main>
  </body>`;
}

function framed(page: Page, session: OperatorSession, around: Surroundings): Html {
  const menu = menuList(around.path, session.operator.role === 'operator', around.counts);
  return html`<body>
    <a class="skip" href="#main">Skip to the content</a>
    <div class="frame">
      <aside class="side" aria-label="Menu">
        ${brand()}
        <nav aria-label="Pages">${menu}</nav>
      </aside>
      <div>
        <header class="top">
          <details class="fold">
            <summary>Menu</summary>
            <nav aria-label="All pages">${menu}</nav>
          </details>
          <form class="find" role="search" action="${SEARCH_PATH}" aria-label="Everything">
            <input
              type="search"
              name="q"
              value="${around.wanted}"
              maxlength="100"
              aria-label="Order, SKU, tracking number, return or key"
              placeholder="Order, SKU, tracking number or key"
            /><button class="quiet">Search</button>
          </form>
          <div class="who">
            ${around.isSimulator && html`<span class="chip hold opt">Simulator</span>`}
            ${around.companyName && html`<span class="muted s opt">${around.companyName}</span>`}
            <form method="post" action="/logout">
              ${csrfField(session)}<button class="quiet small">Log out ${session.operator.login}</button>
            </form>
          </div>
        </header>
        <main id="main" tabindex="-1">${heading(page)}${page.body}</main>
      </div>
    </div>
  </body>`;
}

function heading({ title, crumbs = [], beside, actions }: Page): Html {
  return html`${
      crumbs.length > 0 &&
      html`<nav class="crumbs" aria-label="Way here">
        ${crumbs.map(([href, label]) => html`<a href="${href}">${label}</a> › `)}
      </nav>`
    }
    <div class="head">
      <h1>${title}</h1>
      ${beside} ${actions && html`<div class="acts">${actions}</div>`}
    </div>`;
}

function brand(): Html {
  return html`<a class="brand" href="/"
    ><svg width="20" height="20" viewBox="0 0 16 16" aria-hidden="true">
      <rect width="16" height="16" rx="3" fill="#0b5cad" />
      <path d="M3 6h10v7H3zM3 6l2-3h6l2 3M8 3v5" fill="none" stroke="#fff" stroke-width="1.2" /></svg
    >TikTok Shop connector</a
  >`;
}

/** Every form that posts carries it; a POST without it is refused. */
export function csrfField(session: { csrfToken: string }): Html {
  return html`<input type="hidden" name="_csrf" value="${session.csrfToken}" />`;
}

export function notice(
  kind: 'good' | 'warn' | 'bad',
  text: string,
  next?: string,
  actions?: HtmlValue,
): Html {
  return html`<div class="notice ${kind}" role="${kind === 'bad' ? 'alert' : 'status'}">
    <p>${text}</p>
    ${next && next !== text && html`<p>${next}</p>`} ${actions && html`<div class="acts">${actions}</div>`}
  </div>`;
}
