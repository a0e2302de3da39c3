import type { FastifyInstance } from 'fastify';
import { getConnection } from '../connections/connection-store.js';
import { AppError } from '../kernel/errors.js';
import { waitingOfConnection, type WaitingDecision } from '../sync/effects/waiting-effects.js';
import { backTo } from './connection-routes.js';
import { readForm, readId } from './forms.js';
import type { PortalDeps } from './portal-deps.js';
import { actorOf } from './session-guard.js';

/** What a person decides about an effect that waits for one. */
export function registerWaitingRoutes(app: FastifyInstance, deps: PortalDeps): void {
  app.post('/connections/:id/effects/:entry', async (request, reply) => {
    const connectionId = readId(request.params);
    const entry = readForm(request.params)('entry');
    const { companyId } = await getConnection(deps.db.prisma, { id: connectionId });
    const decision = readDecision(request.body);
    const waiting = await waitingOfConnection(deps.db.prisma, connectionId);
    const effect = waiting.find(({ id }) => String(id) === entry);
    if (!effect) {
      throw new AppError('conflict', 'This entry does not wait for a person any more.', {
        details: [{ message: 'Another person has decided.', next: 'Go back and reload the page.' }],
      });
    }
    await deps.decideEffect({ companyId, id: effect.id, decision, by: actorOf(request) });
    return backTo(reply, connectionId, decision.decision === 'ask' ? 'asked' : 'decided');
  });
}

function readDecision(body: unknown): WaitingDecision {
  const form = readForm(body);
  const decision = form('decision');
  switch (decision) {
    case 'ask':
      return { decision };
    case 'done':
    case 'send-again':
      if (form('sure') === 'yes') return { decision };
      throw new AppError(
        'invalid-request',
        'Tick the box: only a person who has looked in Seller Center can decide this.',
      );
    case 'not-done': {
      const reason = form('reason').slice(0, 500);
      if (reason) return { decision, reason };
      throw new AppError('invalid-request', 'Give the reason that the document shall show.');
    }
    default:
      throw new AppError('invalid-request', 'Choose one of the decisions on the page.');
  }
}
