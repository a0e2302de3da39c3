import type { FastifyInstance } from 'fastify';
import { getConnection } from '../connections/connection-store.js';
import { openShop } from '../connections/open-shop.js';
import { AppError } from '../kernel/errors.js';
import { readSpecification } from '../products/specification/read-specification.js';
import type { SpecificationDeps } from '../products/specification/specification-deps.js';
import { writeTemplate } from '../products/specification/write-template.js';
import { readForm, readId } from './forms.js';
import type { PortalDeps } from './portal-deps.js';
import { sendPage } from './send-page.js';
import { requireSession } from './session-guard.js';
import { specificationPage, type SpecificationView } from './specification-page.js';

/** What product feeds of a shop have to hold, for people. */
export function registerSpecificationPages(app: FastifyInstance, deps: PortalDeps): void {
  const { db, clock } = deps;
  const specification: SpecificationDeps = {
    db,
    clock,
    openShop: (connectionId, lane, options) => openShop(deps, connectionId, lane, options),
  };

  app.get('/connections/:id/products/specification', async (request, reply) => {
    const session = requireSession(request);
    const connection = await getConnection(db.prisma, { id: readId(request.params) });
    const form = readForm(request.query);
    const [category, title] = [form('category'), form('title')];
    const view: SpecificationView = {
      connection,
      category,
      title,
      specification: null,
      problem: null,
      now: clock.now(),
    };
    if (category !== '' || title !== '') {
      try {
        view.specification = await readSpecification(specification, connection, { category, title });
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        const details = error.details.map(({ message, next }) => (next ? `${message}. ${next}.` : message));
        view.problem = { text: error.message, details };
      }
    }
    const body = specificationPage(view);
    return sendPage(reply, { title: 'Feed specifications', session, body });
  });

  app.get('/connections/:id/products/template', async (request, reply) => {
    requireSession(request);
    const connection = await getConnection(db.prisma, { id: readId(request.params) });
    const form = readForm(request.query);
    const file = await writeTemplate(
      specification,
      connection,
      form('categories').split(','),
      form('format') || 'xlsx',
    );
    return reply
      .type(file.type)
      .header('cache-control', 'no-store')
      .header('content-disposition', `attachment; filename="${file.name}"`)
      .send(file.content);
  });
}
