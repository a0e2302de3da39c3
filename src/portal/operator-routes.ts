import type { FastifyInstance } from 'fastify';
import type { OperatorSession } from '../companies/operator-session-store.js';
import { addOperator, dismissOperator, resetPassword } from '../administration/manage-operators.js';
import { getOperator, listOperators } from '../companies/operator-store.js';
import { AppError } from '../kernel/errors.js';
import { readForm, readId, readPassword } from './forms.js';
import { operatorList, operatorPage } from './operator-pages.js';
import type { PortalDeps } from './portal-deps.js';
import { sendPage } from './send-page.js';
import { actorOf, requireSession } from './session-guard.js';

/** What the page says after a redirect. Only these texts: a link cannot put words into the page. */
const doneTexts: Record<string, string> = {
  added: 'Added. The new operator can log in now.',
  password: 'The password is set, and the sessions of this operator have ended.',
  removed: 'Removed, and logged out.',
};

/** Who may log in to the pages. Every operator administers all of them: there are no ranks. */
export function registerOperatorRoutes(app: FastifyInstance, deps: PortalDeps): void {
  app.get('/operators', async (request, reply) => {
    const session = requireSession(request);
    const done = readForm(request.query)('done');
    const text = Object.hasOwn(doneTexts, done) ? (doneTexts[done] ?? null) : null;
    const body = operatorList(session, await listOperators(deps.db.prisma), text);
    return sendPage(reply, { title: 'Operators', session, body });
  });

  app.post('/operators', async (request, reply) => {
    const session = requireSession(request);
    const login = readForm(request.body)('login');
    const password = readPassword(request.body);
    const added = await addOperator(deps, { login, password, by: actorOf(request) });
    tell(session, 'operator added', added);
    return reply.redirect('/operators?done=added', 303);
  });

  app.get('/operators/:id', async (request, reply) => {
    const session = requireSession(request);
    const operator = await getOperator(deps.db.prisma, { id: readId(request.params) });
    return sendPage(reply, { title: operator.login, session, body: operatorPage(session, operator) });
  });

  app.post('/operators/:id/password', async (request, reply) => {
    const session = requireSession(request);
    const operator = await getOperator(deps.db.prisma, { id: readId(request.params) });
    const password = readPassword(request.body);
    await resetPassword(deps, { operator, password, by: actorOf(request) });
    tell(session, 'password of an operator set', operator);
    // An operator who has changed their own password is sent to the log-in by the page.
    return reply.redirect('/operators?done=password', 303);
  });

  app.post('/operators/:id/remove', async (request, reply) => {
    const session = requireSession(request);
    const operator = await getOperator(deps.db.prisma, { id: readId(request.params) });
    if (readForm(request.body)('sure') !== 'yes') {
      throw new AppError('invalid-request', 'Tick the box to remove the operator.');
    }
    await dismissOperator(deps, { operator, by: actorOf(request) });
    tell(session, 'operator removed', operator);
    return reply.redirect('/operators?done=removed', 303);
  });

  function tell(by: OperatorSession, what: string, whom: { id: number; login: string }): void {
    const { id: operatorId, login: operator } = by.operator;
    deps.log.info({ operatorId, operator, aboutId: whom.id, about: whom.login }, what);
  }
}
