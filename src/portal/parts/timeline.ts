import { html, type Html, type HtmlValue } from '../html.js';
import { exact } from './times.js';

export interface TimelineEntry {
  at: Date;
  /** `next`: it is still to come. */
  look: 'plain' | 'good' | 'warn' | 'bad' | 'next';
  text: HtmlValue;
  /** Where it comes from, and what else is known. */
  more?: HtmlValue;
}

/** What happened, the newest first; what is still to come on top. */
export function timeline(entries: readonly TimelineEntry[]): Html {
  if (entries.length === 0) return html`<p class="muted">Nothing has happened yet.</p>`;
  const sorted = entries.toSorted((a, b) => b.at.getTime() - a.at.getTime());
  return html`<ol class="time">
    ${sorted.map(
      ({ at, look, text, more }) =>
        html`<li class="${look}">
          <span class="when">${exact(at)}</span>
          <div>${text}${more && html` <span class="muted">${more}</span>`}</div>
        </li>`,
    )}
  </ol>`;
}
