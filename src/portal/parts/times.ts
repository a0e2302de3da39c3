import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../kernel/time.js';
import { html, type Html } from '../html.js';

/** Times on pages are in UTC, to the minute. */
export function showTime(time: Date | null): string {
  return time ? `${time.toISOString().slice(0, 16).replace('T', ' ')} UTC` : 'never';
}

/** In words, such as `8 min`, `3 h` or `2 days`. @param ms not negative */
export function span(ms: number): string {
  if (ms < MINUTE_MS) return `${Math.floor(ms / 1000)} s`;
  if (ms < 2 * HOUR_MS) return `${Math.floor(ms / MINUTE_MS)} min`;
  if (ms < 2 * DAY_MS) return `${Math.floor(ms / HOUR_MS)} h`;
  return `${Math.floor(ms / DAY_MS)} days`;
}

/** How long ago or how soon, with the exact time for whoever points at it and for programs. */
export function moment(time: Date | null, now: Date, never = 'never'): Html {
  if (!time) return html`<span class="muted">${never}</span>`;
  const ms = now.getTime() - time.getTime();
  const words = ms >= 0 ? `${span(ms)} ago` : `in ${span(-ms)}`;
  return html`<time datetime="${time.toISOString()}" title="${showTime(time)}" class="nowrap"
    >${words}</time
  >`;
}

/** The exact time, short, for columns of a history. */
export function exact(time: Date): Html {
  const text = time.toISOString();
  return html`<time datetime="${text}" title="${text}">${text.slice(5, 19).replace('T', ' ')}</time>`;
}
