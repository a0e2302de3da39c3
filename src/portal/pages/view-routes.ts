import type { FastifyInstance } from 'fastify';
import { AppError } from '../../kernel/errors.js';
import type { Tx } from '../../store/database.js';
import { readForm, readId } from '../forms.js';
import { html, type Html } from '../html.js';
import { kindPaths } from '../kind-paths.js';
import { csrfField } from '../layout.js';
import { readQuery } from '../list-query.js';
import { queryWith } from '../parts/list-parts.js';
import type { PortalDeps } from '../portal-deps.js';
import { removeView, savedViews, saveView } from '../saved-views.js';
import { requireSession } from '../session-guard.js';

/** What a view holds: everything that the lists of documents read but where they go on. */
const NAMES = ['view', 'shop', 'status', 'from', 'to'] as const;
const PATHS: readonly string[] = [
  kindPaths.order,
  kindPaths.shipment,
  kindPaths.acknowledgement,
  kindPaths.return,
];

/** Views that somebody keeps of the lists of documents. */
export function registerViewRoutes(app: FastifyInstance, deps: PortalDeps): void {
  const { prisma } = deps.db;
  app.post('/views', async (request, reply) => {
    const { operator } = requireSession(request);
    const read = readForm(request.body);
    const path = PATHS.find((each) => each === read('path'));
    if (!path) throw new AppError('invalid-request', 'There is no such list.');
    const query = queryWith(readQuery(Object.fromEntries(new URLSearchParams(read('query'))), NAMES));
    await saveView(prisma, { operatorId: operator.id, path, name: read('name'), query });
    return reply.redirect(`${path}${query}`, 303);
  });

  app.post('/views/:id/remove', async (request, reply) => {
    const { operator } = requireSession(request);
    const path = await removeView(prisma, { operatorId: operator.id, id: readId(request.params) });
    if (path === null) throw new AppError('not-found', 'There is no such view.');
    return reply.redirect(path, 303);
  });
}

interface ViewsOf {
  session: { csrfToken: string; operator: { id: number } };
  path: string;
  query: Readonly<Record<string, string>>;
}

/** The views that somebody has of this list, and a way to keep the one that is shown. */
export async function viewsBar(tx: Tx, { session, path, query }: ViewsOf): Promise<Html> {
  const views = await savedViews(tx, { operatorId: session.operator.id, path });
  const kept = Object.fromEntries(NAMES.map((name) => [name, query[name] ?? '']));
  const here = queryWith(kept);
  const shown = views.find((view) => view.query === here);
  return html`<div class="row s">
    ${
      views.length > 0 &&
      html`<nav aria-label="My views" class="acts">
        ${views.map(({ name, query: of }) =>
          of === here
            ? html`<a href="${path}${of}" aria-current="page" class="chip info">${name}</a>`
            : html`<a href="${path}${of}" class="chip idle">${name}</a>`,
        )}
      </nav>`
    }
    ${
      shown
        ? html`<form method="post" action="/views/${shown.id}/remove">
            ${csrfField(session)}<button class="link">Forget this view</button>
          </form>`
        : here !== '' &&
          html`<details>
            <summary>Keep this view</summary>
            <form method="post" action="/views" class="row">
              ${csrfField(session)}<input type="hidden" name="path" value="${path}" />
              <input type="hidden" name="query" value="${here.slice(1)}" />
              <input name="name" aria-label="Name of the view" maxlength="60" required />
              <button class="quiet small">Keep</button>
            </form>
          </details>`
    }
  </div>`;
}
