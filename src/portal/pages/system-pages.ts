import type { FastifyInstance } from 'fastify';
import { productVersion } from '../../kernel/version.js';
import { html } from '../html.js';
import { card, facts } from '../parts/card.js';
import { chip } from '../parts/chip.js';
import { dataTable } from '../parts/data-table.js';
import type { PortalDeps } from '../portal-deps.js';
import { sendPage } from '../send-page.js';
import { requireSession } from '../session-guard.js';

const looks = { ok: ['good', 'in order'], warn: ['warn', 'to look at'], fail: ['bad', 'wrong'] } as const;

/** The whole installation as the doctor sees it: what is wrong first, each with the next step. */
export function registerSystemPages(app: FastifyInstance, deps: PortalDeps): void {
  app.get('/system', async (request, reply) => {
    const session = requireSession(request);
    const findings = await deps.examine();
    const order = ['fail', 'warn', 'ok'];
    const sorted = findings.toSorted((a, b) => order.indexOf(a.state) - order.indexOf(b.state));
    const wrong = findings.filter(({ state }) => state !== 'ok').length;
    const body = html`<div class="stack">
      ${card({
        id: 'checks',
        title: 'Checks',
        beside: wrong > 0 && html`<span class="count warn">${wrong}</span>`,
        isFull: true,
        body: dataTable({
          caption: 'Checks',
          rows: sorted,
          empty: 'Nothing was looked at.',
          columns: [
            { title: 'Check', cell: ({ check }) => check },
            { title: 'State', cell: ({ state }) => chip(looks[state][0], looks[state][1]) },
            {
              title: 'What was found',
              cell: ({ detail, next }) =>
                html`${detail}${next && html`<span class="sub">Next: ${next}</span>`}`,
            },
          ],
        }),
      })}
      ${card({
        id: 'versions',
        title: 'Versions',
        body: facts([
          ['Connector', productVersion()],
          ['Node.js', process.version],
          ['Address', deps.publicUrl()],
          ['Help', html`<a href="/help">every rule and error with its next step</a>`],
        ]),
      })}
    </div>`;
    return sendPage(reply, { title: 'System', session, body });
  });
}
