import type { FastifyInstance } from 'fastify';
import { HELP_PATH, type Help } from '../kernel/help.js';
import { html, type Html } from './html.js';
import { dataTable } from './parts/data-table.js';
import { sendPage } from './send-page.js';

/** What the page shows: every gate, error and code of TikTok with cause and next step. */
export interface HelpContents {
  questions: readonly { question: string; gates: readonly string[] }[];
  gates: readonly { name: string; entries: readonly (Help & { question: string; rule: string })[] }[];
  errors: readonly (Help & { name: string; status: number })[];
  codes: readonly { codes: readonly string[]; cause: string; reaction: string; next: string }[];
}

/** Open without a log-in: a developer of an ERP comes from the answer of a call and has none. */
export function registerHelpPage(app: FastifyInstance, contents: () => HelpContents): void {
  app.get(HELP_PATH, (request, reply) =>
    sendPage(reply, {
      title: 'Troubleshooting',
      session: request.operatorSession,
      body: bodyOf(contents()),
    }),
  );
}

function bodyOf({ questions, gates, errors, codes }: HelpContents): Html {
  return html`<section>
      <p>
        Explain names the rule (gate) that holds something back. This page has the cause and the next step of
        each.
      </p>
      <ul>
        ${questions.map(({ question, gates: names }) => html`<li>${question}: ${names.map(linkTo)}</li>`)}
        <li><a href="#error-codes">Error codes</a></li>
        <li><a href="#codes-of-tiktok">Codes of TikTok</a></li>
      </ul>
    </section>
    <section>
      ${gates.map(
        ({ name, entries }) =>
          html`<h2 id="${name}">${name}</h2>
            ${entries.map(
              ({ question, rule, cause, next }) =>
                html`<h3>${question}</h3>
                  <p>${rule}</p>
                  <p>Cause: ${plain(cause)}</p>
                  <p>Next: ${plain(next)}</p>`,
            )}`,
      )}
    </section>
    <section>
      <h2 id="error-codes">Error codes</h2>
      ${table(
        'Error codes',
        ['Reason', 'HTTP', 'Cause', 'Next step'],
        errors.map(({ name, status, cause, next }) => [name, status, plain(cause), plain(next)]),
      )}
    </section>
    <section>
      <h2 id="codes-of-tiktok">Codes of TikTok</h2>
      ${table(
        'Codes of TikTok',
        ['Codes', 'Meaning', 'The service', 'Next step'],
        codes.map((one) => [one.codes.join(' ') || 'any other', one.cause, one.reaction, one.next]),
      )}
    </section>`;
}

function linkTo(name: string): Html {
  return html`<a href="#${name}">${name}</a> `;
}

function table(
  caption: string,
  heading: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): Html {
  const columns = heading.map((title, index) => ({
    title,
    cell: (cells: readonly (string | number)[]) => cells[index],
  }));
  return dataTable({ caption, columns, rows, empty: '' });
}

/** The texts are those of the Markdown page, which sets names in backticks. */
function plain(text: string): string {
  return text.replaceAll('`', '');
}
