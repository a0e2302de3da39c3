import { html, type Html, type HtmlValue } from '../html.js';

export interface Column<Row> {
  title: string;
  /** The title is for programs that read out; where the cell says enough of itself. */
  isQuiet?: boolean;
  /** Numbers stand right. */
  isNumber?: boolean;
  /** Names the cell where the table has become cards. */
  label?: string;
  cell: (row: Row) => HtmlValue;
}

interface DataTable<Row> {
  /** For programs that read out; the heading beside the table says it to everybody else. */
  caption: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  /** What stands there instead of a table without rows. */
  empty: HtmlValue;
}

/** A list. The first cell of a row names it; on a narrow screen each row becomes a card. */
export function dataTable<Row>({ caption, columns, rows, empty }: DataTable<Row>): Html {
  if (rows.length === 0) return html`<div class="body muted">${empty}</div>`;
  return html`<div class="scroll">
    <table class="cards">
      <caption class="away">
        ${caption}
      </caption>
      <thead>
        <tr>
          ${columns.map(
            ({ title, isQuiet, isNumber }) =>
              html`<th scope="col" class="${isNumber && 'r'}">
                ${isQuiet ? html`<span class="away">${title}</span>` : title}
              </th>`,
          )}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${columns.map((column, index) => cellOf(column, row, index === 0))}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function cellOf<Row>(column: Column<Row>, row: Row, isFirst: boolean): Html {
  const { title, isNumber, isQuiet, label = isQuiet ? undefined : title, cell } = column;
  if (isFirst) return html`<th scope="row">${cell(row)}</th>`;
  return label
    ? html`<td class="${isNumber && 'r num'}" data-l="${label}">${cell(row)}</td>`
    : html`<td class="${isNumber && 'r num'}">${cell(row)}</td>`;
}
