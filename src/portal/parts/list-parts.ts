import { html, type Html } from '../html.js';

/** A query with some of its values changed; empty ones are left out. */
export function queryWith(
  query: Readonly<Record<string, string>>,
  change: Record<string, string> = {},
): string {
  const entries = Object.entries({ ...query, ...change }).filter(([, value]) => value !== '');
  const text = new URLSearchParams(entries).toString();
  return text === '' ? '' : `?${text}`;
}

interface Tab {
  name: string;
  label: string;
  count?: number | undefined;
}

/** Views of one list; the chosen one stands in the query as `view`. */
export function tabs(
  path: string,
  query: Readonly<Record<string, string>>,
  all: readonly Tab[],
  chosen: string,
): Html {
  return html`<nav class="tabs" aria-label="Views">
    ${all.map(({ name, label, count }) => {
      const href = `${path}${queryWith(query, { view: name, after: '' })}`;
      const text = html`${label}${count !== undefined && count > 0 && html` <span class="count">${countText(count)}</span>`}`;
      return name === chosen
        ? html`<a href="${href}" aria-current="page">${text}</a>`
        : html`<a href="${href}">${text}</a>`;
    })}
  </nav>`;
}

/** Counting stops there: nobody acts otherwise on more. */
export const MOST_COUNTED = 999;

export function countText(count: number): string {
  return count > MOST_COUNTED ? `${MOST_COUNTED}+` : String(count);
}

export interface Filter {
  name: string;
  label: string;
  /** A choice of values with their words; left out: a text. */
  choices?: readonly (readonly [value: string, label: string])[];
  type?: 'search' | 'date';
}

/** Filters of a list. They stand in the address, so that a view can be kept as a bookmark and passed on. */
export function filters(path: string, query: Readonly<Record<string, string>>, all: readonly Filter[]): Html {
  const kept = Object.entries(query).filter(
    ([name, value]) => name !== 'after' && value !== '' && !all.some((filter) => filter.name === name),
  );
  return html`<form class="filters" method="get" action="${path}" role="search" aria-label="Filters">
    ${kept.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`)}
    ${all.map((filter) => filterField(filter, query[filter.name] ?? ''))}
    <button class="quiet">Show</button>
    ${all.some(({ name }) => query[name]) && html`<a href="${path}${queryWith(Object.fromEntries(kept))}">Clear</a>`}
  </form>`;
}

function filterField({ name, label, choices, type = 'search' }: Filter, value: string): Html {
  const id = `filter-${name}`;
  const input = choices
    ? html`<select id="${id}" name="${name}">
        <option value="">all</option>
        ${choices.map(([choice, words]) =>
          choice === value
            ? html`<option value="${choice}" selected>${words}</option>`
            : html`<option value="${choice}">${words}</option>`,
        )}
      </select>`
    : html`<input type="${type}" id="${id}" name="${name}" value="${value}" maxlength="200" />`;
  return html`<div><label for="${id}">${label}</label>${input}</div>`;
}

/** To the next page of a list that goes on behind a key. @param next null: this is the last one */
export function pager(
  path: string,
  query: Readonly<Record<string, string>>,
  shown: number,
  next: string | null,
): Html {
  const first = query['after']
    ? html`<a href="${path}${queryWith(query, { after: '' })}">First page</a>`
    : null;
  if (next === null && first === null) return html`<p class="pager muted s">${shown} shown, that is all.</p>`;
  const more =
    query['size'] === '' &&
    html`<a href="${path}${queryWith(query, { after: '', size: '100' })}">100 a page</a>`;
  return html`<nav class="pager" aria-label="Pages">
    ${first}
    ${next === null ? html`<span class="muted">Last page</span>` : html`<a class="button quiet" rel="next" href="${path}${queryWith(query, { after: next })}">Next page</a>`}
    ${more}
  </nav>`;
}
