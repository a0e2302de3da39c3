import type { SessionView } from '../companies/operator-session-store.js';
import { html, type Html } from './html.js';
import { showTime } from './layout.js';
import { dataTable } from './parts/data-table.js';

/** Where somebody is logged in. @param end a form for one of them; left out where none is shown */
export function sessionTable(
  sessions: readonly SessionView[],
  own: string | null,
  end?: (id: string) => Html,
): Html {
  return dataTable({
    caption: 'Log-ins',
    rows: sessions,
    empty: 'None.',
    columns: [
      { title: 'Since', cell: ({ createdAt }) => showTime(createdAt) },
      { title: 'Last seen', cell: ({ seenAt }) => showTime(seenAt) },
      { title: 'From', cell: ({ range }) => range ?? 'not known' },
      { title: 'Browser', cell: ({ browser }) => browser ?? 'not known' },
      { title: 'Action', isQuiet: true, cell: ({ id }) => (id === own ? 'this one' : end?.(id)) },
    ],
  });
}
