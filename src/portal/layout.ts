import type { OperatorSession } from '../companies/operator-session-store.js';
import { html, htmlText, type Html } from './html.js';

export const STYLE_PATH = '/portal/style.css';
export const ICON_PATH = '/portal/icon.svg';

export interface Page {
  title: string;
  /** Null on pages for everybody: no menu. */
  session: OperatorSession | null;
  body: Html;
}

/** The whole document around a page's own part. */
export function renderPage(page: Page): string {
  const document = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${page.title} · TikTok Shop connector</title>
        <link rel="stylesheet" href="${STYLE_PATH}" />
        <link rel="icon" type="image/svg+xml" href="${ICON_PATH}" />
      </head>
      <body>
        <a class="skip" href="#main">Skip to the content</a>
        <header class="site">
          <div><strong>TikTok Shop connector</strong>${page.session && menu(page.session)}</div>
        </header>
        <main id="main">
          <h1>${page.title}</h1>
          ${page.body}
        </main>
      </body>
    </html>`;
  return htmlText(document);
}

function menu(session: OperatorSession): Html {
  return html`<nav aria-label="Pages">
      <a href="/connections">Connections</a> · <a href="/companies">Companies and keys</a> ·
      ${session.operator.role === 'operator' && html`<a href="/operators">Operators</a> ·`}
      <a href="/account">Account</a> · <a href="/docs">API</a>
    </nav>
    <form method="post" action="/logout">
      ${csrfField(session)}<button class="quiet">Log out ${session.operator.login}</button>
    </form>`;
}

/** Every form that posts carries it; a POST without it is refused. */
export function csrfField(session: { csrfToken: string }): Html {
  return html`<input type="hidden" name="_csrf" value="${session.csrfToken}" />`;
}

export function notice(kind: 'good' | 'warn' | 'bad', text: string, next?: string): Html {
  return html`<div class="notice ${kind}" role="${kind === 'bad' ? 'alert' : 'status'}">
    <p>${text}</p>
    ${next && next !== text && html`<p>${next}</p>`}
  </div>`;
}

/** Times on pages are in UTC, to the minute. */
export function showTime(time: Date | null): string {
  return time ? `${time.toISOString().slice(0, 16).replace('T', ' ')} UTC` : 'never';
}
