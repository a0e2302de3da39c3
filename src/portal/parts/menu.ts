import { html, type Html } from '../html.js';
import { countText } from './list-parts.js';

/** What calls for attention; the menu shows it on every page, so that nobody has to look for it. Counted up to a limit. */
export interface MenuCounts {
  /** Failed documents, connections that stand still, decisions that wait for a person, held or refused files. */
  problems: number;
  overdue: number;
  /** Due within four hours. */
  dueSoon: number;
  /** Return requests that wait for an answer. */
  returns: number;
  /** SKUs without a match. */
  unmatched: number;
}

interface MenuItem {
  href: string;
  label: string;
  /** Only for those who administer everything. */
  isForOperators?: boolean;
  count?: (counts: MenuCounts) => { count: number; look: string; words: string };
}

/** Pages by what somebody is about. */
const groups: readonly { title: string | null; items: readonly MenuItem[] }[] = [
  {
    title: null,
    items: [
      { href: '/', label: 'Dashboard' },
      {
        href: '/problems',
        label: 'Problems',
        count: ({ problems: count }) => ({ count, look: 'bad', words: 'open' }),
      },
      {
        href: '/deadlines',
        label: 'Deadlines',
        count: ({ overdue, dueSoon }) => ({
          count: overdue + dueSoon,
          look: overdue > 0 ? 'bad' : 'warn',
          words: 'overdue or due in 4 hours',
        }),
      },
    ],
  },
  {
    title: 'Documents',
    items: [
      { href: '/orders', label: 'Orders' },
      { href: '/shipments', label: 'Shipments' },
      { href: '/acknowledgements', label: 'Cancellations' },
      {
        href: '/returns',
        label: 'Returns',
        count: ({ returns: count }) => ({ count, look: 'warn', words: 'to answer' }),
      },
      { href: '/files', label: 'Document files' },
    ],
  },
  {
    title: 'Catalogue',
    items: [
      {
        href: '/inventory',
        label: 'Inventory',
        count: ({ unmatched: count }) => ({ count, look: 'warn', words: 'without a match' }),
      },
      { href: '/products', label: 'Products' },
      { href: '/feeds', label: 'Feeds and files' },
    ],
  },
  {
    title: 'Set up',
    items: [
      { href: '/connections', label: 'Connections' },
      { href: '/runs', label: 'Runs and schedules' },
      { href: '/companies', label: 'Companies and keys' },
      { href: '/deliveries', label: 'Deliveries' },
      { href: '/webhooks', label: 'Webhooks' },
      { href: '/alerts', label: 'Alerts' },
      { href: '/operators', label: 'Operators', isForOperators: true },
      { href: '/activity', label: 'Activity' },
      { href: '/system', label: 'System', isForOperators: true },
      { href: '/account', label: 'Account' },
      { href: '/docs', label: 'API' },
    ],
  },
];

/** @param path of the page that somebody is on */
export function menuList(path: string, isOperator: boolean, counts: MenuCounts | null): Html {
  return html`${groups.map(
    ({ title, items }) =>
      html`${title && html`<p class="group">${title}</p>`}
        <ul class="menu">
          ${items.filter(({ isForOperators }) => isOperator || !isForOperators).map((item) => line(item, path, counts))}
        </ul>`,
  )}`;
}

function line({ href, label, count }: MenuItem, path: string, counts: MenuCounts | null): Html {
  const found = counts && count?.(counts);
  const text = html`${label}${
    found &&
    found.count > 0 &&
    html`<span class="count ${found.look}"
      >${countText(found.count)}<span class="away"> ${found.words}</span></span
    >`
  }`;
  const isHere = href === '/' ? path === '/' : path === href || path.startsWith(`${href}/`);
  return html`<li>
    ${isHere ? html`<a href="${href}" aria-current="page">${text}</a>` : html`<a href="${href}">${text}</a>`}
  </li>`;
}
