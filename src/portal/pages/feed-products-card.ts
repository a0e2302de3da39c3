import type { ImportRecord } from '../../imports/import.js';
import { countFeed, countFindings } from '../../products/count-findings.js';
import { html, type Html } from '../html.js';
import { card } from '../parts/card.js';
import { chip } from '../parts/chip.js';
import { dataTable } from '../parts/data-table.js';
import { postForm } from '../parts/post-form.js';
import type { PortalDeps } from '../portal-deps.js';

interface FeedView {
  session: { csrfToken: string };
  record: ImportRecord;
  mayAct: boolean;
}

/** Products that a product feed was the last to name, what the checks say of them, and what can be done with them. */
export async function feedProductsCard(
  { db }: PortalDeps,
  { session, record, mayAct }: FeedView,
): Promise<Html> {
  const { id: feed, connectionId } = record;
  const [{ products, compliant, asked }, findings] = await Promise.all([
    countFeed(db.prisma, { connectionId, feed }),
    countFindings(db.prisma, { connectionId, feed }),
  ]);
  return card({
    id: 'products',
    title: 'Products of the feed',
    end: html`${products} products, ${compliant} in order, ${asked} to be sent or sent`,
    isFull: true,
    body: html`${
      mayAct &&
      products > 0 &&
      html`<div class="body acts">
        ${postForm(session, `/feeds/${feed}/send`, 'Send those that are in order', '')}
        ${postForm(session, `/feeds/${feed}/take-back`, 'Take the drafts back', 'danger')}
      </div>`
    }
    ${dataTable({
      caption: 'What the checks say of its products',
      rows: findings,
      empty:
        products === 0
          ? 'A later feed has named its products, or it brought none.'
          : 'Nothing speaks against its products.',
      columns: [
        {
          title: 'What is wrong',
          cell: ({ field, message, next }) =>
            html`${field && `${field}: `}${message}<span class="sub">${next}</span>`,
        },
        {
          title: 'Level',
          cell: ({ level }) => (level === 'error' ? chip('bad', 'not sent') : chip('warn', level)),
        },
        { title: 'Products', isNumber: true, cell: ({ products: count }) => count },
        { title: 'Rows', cell: ({ rows }) => rows.join(', ') },
      ],
    })}`,
  });
}
