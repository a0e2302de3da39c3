import { html, type Html, type HtmlValue } from '../html.js';

interface Card {
  /** Names the part within the page. */
  id: string;
  title: string;
  /** At the right of the heading. */
  end?: HtmlValue;
  /** Beside the heading. */
  beside?: HtmlValue;
  body: HtmlValue;
  foot?: HtmlValue;
  /** The body brings its own space, as tables do. */
  isFull?: boolean;
}

export function card({ id, title, end, beside, body, foot, isFull }: Card): Html {
  return html`<section class="card" aria-labelledby="${id}">
    <header>
      <h2 id="${id}">${title}</h2>
      ${beside}${end && html`<span class="end s muted">${end}</span>`}
    </header>
    ${isFull ? body : html`<div class="body">${body}</div>`} ${foot && html`<footer>${foot}</footer>`}
  </section>`;
}

/** Names with their values; what has none is left out. */
export function facts(entries: readonly (readonly [name: string, value: HtmlValue])[]): Html {
  const known = entries.filter(
    ([, value]) => value !== null && value !== undefined && value !== '' && value !== false,
  );
  return html`<dl class="facts">
    ${known.map(
      ([name, value]) =>
        html`<dt>${name}</dt>
          <dd>${value}</dd>`,
    )}
  </dl>`;
}

/** An address from outside becomes a link only when it is one of the web; anything else stays text. */
export function outsideLink(address: string, text: string): Html {
  const isWeb = URL.canParse(address) && ['http:', 'https:'].includes(new URL(address).protocol);
  return isWeb ? html`<a href="${address}" rel="noreferrer noopener">${text}</a>` : html`${text}`;
}
