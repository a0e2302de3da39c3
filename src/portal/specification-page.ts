import type { Connection } from '../connections/connection.js';
import type { FeedSpecification } from '../products/specification/read-specification.js';
import type { SpecificationField } from '../products/specification/specification-field.js';
import { html, type Html } from './html.js';
import { notice, showTime } from './layout.js';
import { dataTable } from './parts/data-table.js';

/** What was asked for, and what came of it. */
export interface SpecificationView {
  connection: Connection;
  category: string;
  title: string;
  specification: FeedSpecification | null;
  /** Why there is none. */
  problem: { text: string; details: readonly string[] } | null;
  now: Date;
}

/** Options of one column that the page shows; the template has them all. */
const MOST_OPTIONS = 30;

/** Products > Product Feeds > View Feed Specifications. */
export function specificationPage(view: SpecificationView): Html {
  const { connection, category, title, specification, problem } = view;
  const action = `/connections/${connection.id}/products/specification`;
  return html`<p>
      <a href="/connections/${connection.id}">${connection.name}</a> › Products › Product Feeds › View Feed
      Specifications
    </p>
    <section aria-labelledby="which">
      <h2 id="which">Category</h2>
      <form method="get" action="${action}">
        <p>
          <label for="category">Id, path or name</label>
          <input id="category" name="category" value="${category}" maxlength="1000" />
        </p>
        <p>
          <label for="title">or the title of a product, for a proposal of TikTok's</label>
          <input id="title" name="title" value="${title}" maxlength="1000" />
        </p>
        <button>View</button>
      </form>
      ${
        problem &&
        html`${notice('bad', problem.text)}
          <ul>
            ${problem.details.map((detail) => html`<li>${detail}</li>`)}
          </ul>`
      }
    </section>
    ${specification && result(view, specification)}`;
}

function result({ connection, now }: SpecificationView, specification: FeedSpecification): Html {
  const { category, advice, market, missing, fields, readAt } = specification;
  const ageMinutes = Math.round((now.getTime() - readAt.getTime()) / 60_000);
  const file = `/connections/${connection.id}/products/template?categories=${category.id}`;
  return html`<section aria-labelledby="fields">
    <h2 id="fields">${category.path}</h2>
    <p>
      TikTok's id ${category.id}, tree ${market.categoryVersion}, market ${market.region}. At most
      ${market.mostSkus} SKUs in a product. Read from TikTok ${showTime(readAt)}, ${ageMinutes} minutes ago.
    </p>
    ${notice(advice.outcome === 'listed' ? 'good' : 'warn', advice.text, advice.next ?? undefined)}
    ${(missing ?? []).map(({ item, reasons, next }) => notice('warn', `${item}: ${reasons.join(' ')}`, next))}
    ${missing === null && notice('warn', 'TikTok could not be asked what the shop lacks.')}
    <p>
      Template: <a href="${file}&amp;format=xlsx">Excel</a> · <a href="${file}&amp;format=csv">CSV</a> ·
      <a href="${file}&amp;format=fields">what the columns are for (CSV)</a>
    </p>
    ${dataTable({
      caption: 'Columns',
      rows: fields,
      empty: 'TikTok asks for nothing here.',
      columns: [
        {
          title: 'Column',
          cell: ({ name, label }) =>
            html`${name}${label !== name && html`<span class="sub">${label}</span>`}`,
        },
        {
          title: 'Needed',
          cell: ({ need, condition }) =>
            html`${need}${condition !== null && html`<span class="sub">${condition}</span>`}`,
        },
        { title: 'What it is', cell: ({ description }) => description },
        { title: 'Options', cell: optionsOf },
      ],
    })}
  </section>`;
}

function optionsOf({ options }: SpecificationField): string {
  const shown = options.slice(0, MOST_OPTIONS).map((option) => option.name);
  const more = options.length - shown.length;
  return `${shown.join(', ')}${more > 0 ? `, and ${more} more` : ''}`;
}
