import type { FastifyInstance, FastifyRequest } from 'fastify';
import { listSessions, type OperatorSession } from '../companies/operator-session-store.js';
import {
  addOperator,
  assignRole,
  dismissOperator,
  logOut,
  resetPassword,
  resetSecondFactor,
} from '../administration/manage-operators.js';
import { operatorRoles } from '../companies/actor.js';
import { getOperator, listOperators, type Operator, type RoleChoice } from '../companies/operator-store.js';
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
  role: 'The role is changed; it counts with the next click.',
  second: 'The second factor is off.',
  out: 'Logged out everywhere.',
};

/** Who may log in to the pages, and as what. */
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
    const choice = readRole(request.body);
    const added = await addOperator(deps, { login, password, ...choice, by: actorOf(request) });
    tell(session, 'operator added', added);
    return reply.redirect('/operators?done=added', 303);
  });

  app.get('/operators/:id', async (request, reply) => {
    const session = requireSession(request);
    const operator = await getOperator(deps.db.prisma, { id: readId(request.params) });
    const sessions = await listSessions(deps.db.prisma, operator.id, deps.clock.now());
    const body = operatorPage(session, operator, sessions);
    return sendPage(reply, { title: operator.login, session, body });
  });

  app.post('/operators/:id/password', async (request, reply) => {
    const session = requireSession(request);
    const operator = await another(request);
    const password = readPassword(request.body);
    await resetPassword(deps, { operator, password, by: actorOf(request) });
    tell(session, 'password of an operator set', operator);
    return reply.redirect('/operators?done=password', 303);
  });

  app.post('/operators/:id/role', async (request, reply) => {
    const operator = await another(request);
    await assignRole(deps, { operator, by: actorOf(request), ...readRole(request.body) });
    tell(requireSession(request), 'role of an operator changed', operator);
    return reply.redirect('/operators?done=role', 303);
  });

  app.post('/operators/:id/second-factor/off', async (request, reply) => {
    const operator = await another(request);
    await resetSecondFactor(deps, { operator, by: actorOf(request) });
    tell(requireSession(request), 'second factor of an operator switched off', operator);
    return reply.redirect('/operators?done=second', 303);
  });

  app.post('/operators/:id/sessions/end', async (request, reply) => {
    const operator = await another(request);
    await logOut(deps, { operator, by: actorOf(request) });
    return reply.redirect('/operators?done=out', 303);
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

  /** Whoever sits at an open browser must not change its owner's password or second factor without the old password. */
  async function another(request: FastifyRequest): Promise<Operator> {
    const operator = await getOperator(deps.db.prisma, { id: readId(request.params) });
    if (operator.id !== requireSession(request).operator.id) return operator;
    const message = 'This is your own account.';
    const next = 'Change password and second factor under Account; another operator changes your role.';
    throw new AppError('rule-violated', message, { details: [{ message, next }] });
  }

  function tell(by: OperatorSession, what: string, whom: { id: number; login: string }): void {
    const { id: operatorId, login: operator } = by.operator;
    deps.log.info({ operatorId, operator, aboutId: whom.id, about: whom.login }, what);
  }
}

/** @throws AppError invalid-request */
function readRole(body: unknown): RoleChoice {
  const form = readForm(body);
  const role = operatorRoles.find((each) => each === (form('role') || 'operator'));
  const company = form('company');
  if (!role || !/^\d{0,9}$/.test(company)) {
    throw new AppError('invalid-request', 'Choose a role, and give the number of a company or none.');
  }
  return { role, companyId: company === '' ? null : Number(company) };
}
