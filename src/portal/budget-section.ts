import type { BudgetView } from '../sync/budgets/list-budgets.js';
import { describeShopLimit, type ShopLimit } from '../sync/budgets/shop-limits.js';
import { html, type Html } from './html.js';
import { notice, showTime } from './layout.js';

/** How often TikTok lets the shop be called, as far as it was learnt. */
export function budgetSection(budgets: readonly BudgetView[]): Html | false {
  if (budgets.length === 0) return false;
  const rows = budgets.map(
    ({ endpoint, ratePerSecond, refusedRate, refusedAt, blockedUntil }) =>
      html`<tr>
        <td><code>${endpoint}</code></td>
        <td>${ratePerSecond.toFixed(1)}</td>
        <td>
          ${refusedAt ? `${refusedRate ? `${refusedRate.toFixed(1)}, ` : ''}${showTime(refusedAt)}` : 'never'}
        </td>
        <td>${blockedUntil ? showTime(blockedUntil) : 'no'}</td>
      </tr>`,
  );
  return html`<section class="scroll" aria-labelledby="budgets">
    <h2 id="budgets">Calls to TikTok</h2>
    <p class="hint">
      Each kind of call has a rate that rises while TikTok takes it, and is halved when TikTok refuses.
    </p>
    <table>
      <thead>
        <tr>
          <th scope="col">Call</th>
          <th scope="col">A second</th>
          <th scope="col">Refused at</th>
          <th scope="col">Blocked until</th>
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </section>`;
}

/** What TikTok has said of the shop as a whole. */
export function shopLimitNotice(limit: ShopLimit): Html {
  const { text, next } = describeShopLimit(limit);
  return notice(limit.kind === 'inactive' ? 'bad' : 'warn', text, next);
}
