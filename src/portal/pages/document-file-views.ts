import type { FileLine, ReceivedFile } from '../../deliveries/received-file.js';
import { documentTypes } from '../../logicbroker/document-types.js';
import { html, type Html } from '../html.js';
import { documentHref } from '../kind-paths.js';
import { card } from '../parts/card.js';
import { chip, type Look } from '../parts/chip.js';
import { dataTable } from '../parts/data-table.js';

/** Documents of a file that its page shows; the CSV has them all. */
const MOST_LINES = 100;

export const fileStates: Readonly<Record<string, readonly [Look, string]>> = {
  created: ['info', 'announced'],
  received: ['info', 'being read'],
  taken: ['good', 'taken'],
  'partly-taken': ['warn', 'partly taken'],
  refused: ['bad', 'refused'],
  tried: ['hold', 'dry run'],
  duplicate: ['idle', 'taken before'],
  held: ['bad', 'held'],
};

export function fileChip(state: string): Html {
  return chip(...(fileStates[state] ?? (['idle', state] as const)));
}

const ways: Record<string, string> = {
  http: 'by the API',
  sftp: 'by SFTP',
  'sftp-client': 'fetched by SFTP',
  portal: 'by hand',
};

export function viaWords(via: string): string {
  return ways[via] ?? via;
}

/** What became of each document, those that were not taken first. */
export function linesTable({ id, results, state }: ReceivedFile): Html {
  const bad = results.filter(({ Errors }) => Errors !== undefined);
  const rows = [...bad, ...results.filter(({ Errors }) => Errors === undefined)];
  const isTrial = state === 'tried';
  return card({
    id: 'documents',
    title: 'Documents of the file',
    end: results.length > 0 && html`<a href="/files/${id}/documents.csv">All of it as CSV</a>`,
    isFull: true,
    body: dataTable({
      caption: 'Documents of the file',
      rows: rows.slice(0, MOST_LINES),
      empty: 'No document was read.',
      columns: [
        { title: 'Document', cell: (line) => documentOf(line, isTrial) },
        { title: 'Kind', cell: ({ Type }) => Type },
        {
          title: 'What is wrong',
          cell: ({ Errors = [] }) => html`${Errors.map((each) => html`<span class="sub">${each}</span>`)}`,
        },
        {
          title: 'Taken?',
          cell: ({ Errors }) =>
            Errors ? chip('bad', 'not taken') : chip('good', isTrial ? 'would be taken' : 'taken'),
        },
      ],
    }),
  });
}

/** What a dry run has taken is not there: it has no page. */
function documentOf({ Type, Number: number, LogicbrokerKey }: FileLine, isTrial: boolean): Html {
  const type = documentTypes.find((each) => each === Type.toLowerCase());
  const name = number ?? 'without a number';
  return type && LogicbrokerKey !== undefined && !isTrial
    ? html`<a href="${documentHref(type, Number(LogicbrokerKey))}">${name}</a>`
    : html`${name}`;
}
