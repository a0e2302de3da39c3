import { html, type Html } from '../html.js';

/** How something stands, for colour and glyph; the words beside say it too, so that nobody needs the colour. */
export type Look = 'good' | 'warn' | 'bad' | 'info' | 'hold' | 'idle';

const glyphs: Record<Look, Html> = {
  good: html`<path d="M1 5.4 4 8.3 9.2 2" fill="none" stroke="currentColor" stroke-width="1.9" />`,
  warn: html`<path d="M5 .5 9.8 9.3H.2z" />`,
  bad: html`<path d="m1.5 1.5 7 7m0-7-7 7" stroke="currentColor" stroke-width="1.9" />`,
  info: html`<circle cx="5" cy="5" r="4" fill="none" stroke="currentColor" stroke-width="1.8" />
    <path d="M5 1a4 4 0 0 1 0 8z" />`,
  hold: html`<path d="M2 1h2v8H2zM6 1h2v8H6z" />`,
  idle: html`<circle cx="5" cy="5" r="3.6" fill="none" stroke="currentColor" stroke-width="1.8" />`,
};

/** A state in a word or two, with a glyph of its own. */
export function chip(look: Look, text: string): Html {
  return html`<span class="chip ${look}"
    ><svg viewBox="0 0 10 10" aria-hidden="true">${glyphs[look]}</svg>${text}</span
  >`;
}
