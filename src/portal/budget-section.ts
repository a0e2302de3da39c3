import type { BudgetView } from '../sync/budgets/list-budgets.js';
import { describeShopLimit, type ShopLimit } from '../sync/budgets/shop-limits.js';
import { html, type Html } from './html.js';
import { notice, showTime } from './layout.js';
import { card } from './parts/card.js';
import { dataTable } from './parts/data-table.js';

/** How often TikTok lets the shop be called, as far as it was learnt. */
export function budgetSection(budgets: readonly BudgetView[]): Html | false {
  if (budgets.length === 0) return false;
  return card({
    id: 'budgets',
    title: 'Calls to TikTok',
    end: 'each rate rises while TikTok takes it, and is halved when TikTok refuses',
    isFull: true,
    body: dataTable({
      caption: 'Calls to TikTok',
      rows: budgets,
      empty: '',
      columns: [
        { title: 'Call', cell: ({ endpoint }) => html`<code>${endpoint}</code>` },
        { title: 'A second', isNumber: true, cell: ({ ratePerSecond }) => ratePerSecond.toFixed(1) },
        {
          title: 'Refused at',
          cell: ({ refusedAt, refusedRate }) =>
            refusedAt ? `${refusedRate ? `${refusedRate.toFixed(1)}, ` : ''}${showTime(refusedAt)}` : 'never',
        },
        {
          title: 'Blocked until',
          cell: ({ blockedUntil }) => (blockedUntil ? showTime(blockedUntil) : 'no'),
        },
      ],
    }),
  });
}

/** What TikTok has said of the shop as a whole. */
export function shopLimitNotice(limit: ShopLimit): Html {
  const { text, next } = describeShopLimit(limit);
  return notice(limit.kind === 'inactive' ? 'bad' : 'warn', text, next);
}
