import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { operatorActor, type Actor } from '../companies/actor.js';
import {
  defaultSessionTimes,
  findSession,
  type OperatorSession,
  type SessionOrigin,
} from '../companies/operator-session-store.js';
import { rangeOf } from '../kernel/address-range.js';
import { AppError } from '../kernel/errors.js';
import { admit } from '../http/connection-guard.js';
import { maskToken, unmaskToken } from './form-token.js';
import { readForm, readId, sameSecret } from './forms.js';
import { accessOf, checkAccess, type Access } from './page-access.js';
import type { PortalDeps } from './portal-deps.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who is logged in to the pages; null on requests of nobody and outside the pages. */
    operatorSession: OperatorSession | null;
    /** The token that forms of this session have to bring; pages show it masked. */
    expectedToken: string;
  }
  interface FastifyContextConfig {
    /** What the page needs, from the table of pages; set when the route is registered. */
    needs?: Access;
    /** Its form brings a file, with the token in the part before it: the route itself looks. */
    tokenInParts?: boolean;
  }
}

/** Cookies for https only take the `__Host-` prefix: no other host and no plain http can set them. */
export function cookieName(deps: Pick<PortalDeps, 'publicUrl'>, name: string): string {
  return isSecure(deps) ? `__Host-${name}` : name;
}

export function cookieOptions(deps: Pick<PortalDeps, 'publicUrl'>) {
  // Lax, not strict: the seller comes back from TikTok by a link, and has to be known then.
  return { path: '/', httpOnly: true, sameSite: 'lax', secure: isSecure(deps) } as const;
}

export function isSecure(deps: Pick<PortalDeps, 'publicUrl'>): boolean {
  return deps.publicUrl().startsWith('https:');
}

/**
 * Knows the operator by the cookie. Every page needs what the table of pages says, and every POST the token of the operator's
 * session in its form. The role is read anew for each request: another one counts with the next click.
 */
export function guardPages(app: FastifyInstance, deps: PortalDeps): void {
  const times = deps.sessionTimes ?? defaultSessionTimes;
  app.decorateRequest('operatorSession', null);
  app.decorateRequest('expectedToken', '');

  app.addHook('onRoute', (route) => {
    const [needs] = [route.method].flat().map((method) => accessOf(method, route.url));
    route.config = { ...route.config, ...(needs && { needs }) };
  });

  app.addHook('onRequest', async (request) => {
    const cookie = request.cookies[cookieName(deps, 'operator')];
    if (!cookie) return;
    const session = await findSession(deps.db.prisma, cookie, { now: deps.clock.now(), times });
    if (!session) return;
    request.expectedToken = session.csrfToken;
    request.operatorSession = { ...session, csrfToken: maskToken(session.csrfToken) };
    admit(request.raw.socket);
  });

  app.addHook('preHandler', async (request, reply) => {
    const needs = request.routeOptions.config.needs ?? 'people';
    const open = needs === 'open';
    if (!open && !request.operatorSession) return sendToLogin(request, reply);
    const problem = formProblem(request, open);
    if (problem) throw problem;
    if (open || needs === 'own') return undefined;
    const { url = '' } = request.routeOptions;
    const { id } = request.params as { id?: string };
    await checkAccess(deps.db.prisma, actorOf(request), {
      needs,
      url,
      id: id === undefined ? null : readId(request.params),
    });
    return undefined;
  });
}

/** @throws AppError not-authenticated; the guard has let only logged-in operators through */
export function requireSession(request: FastifyRequest): OperatorSession {
  if (!request.operatorSession) throw new AppError('not-authenticated', 'Log in first.');
  return request.operatorSession;
}

/** Who is logged in, as use cases want to know it. @throws AppError not-authenticated */
export function actorOf(request: FastifyRequest): Actor {
  return operatorActor(requireSession(request).operator, request.ip);
}

/** Where a log-in comes from, for its owner's list. */
export function originOf(request: FastifyRequest): SessionOrigin {
  return { range: rangeOf(request.ip), browser: request.headers['user-agent'] ?? 'not told' };
}

/** Why a POST is refused; null for a good one. Open pages with forms check a token of their own. */
function formProblem(request: FastifyRequest, open: boolean): AppError | null {
  if (request.method === 'GET' || request.method === 'HEAD') return null;
  // Browsers tell where a request comes from. Older ones do not, so the token is asked for in any case.
  if (request.headers['sec-fetch-site'] === 'cross-site') {
    return new AppError('not-allowed', 'Another site has sent this form.');
  }
  if (open || request.routeOptions.config.tokenInParts === true) return null;
  if (sameSecret(unmaskToken(readForm(request.body)('_csrf')), request.expectedToken)) return null;
  return new AppError(
    'not-allowed',
    'This form is out of date. Load the page again and repeat what you did.',
  );
}

function sendToLogin(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const next = request.method === 'GET' ? `?next=${encodeURIComponent(request.url)}` : '';
  return reply.redirect(`/login${next}`, 303);
}
