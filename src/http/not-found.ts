import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../kernel/errors.js';
import { sendError } from './error-handler.js';

interface KnownRoute {
  method: string;
  pattern: RegExp;
}

/** A call that is not offered on purpose. */
export interface Refusal {
  method: string;
  /** With `{name}` for a segment of any content. */
  path: string;
  reason: string;
}

/**
 * Answers for paths that do not exist (404) and for methods that a path does not have (405 with Allow). Calls that are
 * left out on purpose are told why.
 */
export function registerNotFound(
  app: FastifyInstance,
  refusals: Refusal[],
  areas: readonly { path: string; reason: string }[] = [],
): void {
  const routes: { method: string; url: string }[] = [];
  app.addHook('onRoute', ({ method, url }) => {
    for (const one of [method].flat()) routes.push({ method: one, url });
  });
  const refused = refusals.map((refusal) => ({ ...refusal, pattern: patternOf(refusal.path) }));
  let known: KnownRoute[] | null = null;

  function answer(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    // Made at the first miss: a start should not wait for it.
    known ??= routes.map(({ method, url }) => ({ method, pattern: patternOf(url) }));
    const path = request.url.split('?', 1)[0]!.replaceAll(/\/{2,}/g, '/');
    const allowed = known.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method);
    const isRefused = ({ method, pattern }: KnownRoute) => method === request.method && pattern.test(path);
    const reason = (refused.find(isRefused) ?? areas.find((area) => isBelow(path, area.path)))?.reason;
    if (allowed.length > 0) {
      const methods = [...new Set(allowed)].toSorted().join(', ');
      const error = new AppError('method-not-allowed', reason ?? `${request.method} is not possible here.`, {
        details: [{ message: reason ?? `This path takes ${methods}.` }],
      });
      request.errorCode = error.code;
      return sendError(reply.header('allow', methods), error);
    }
    const error = new AppError('not-found', reason ?? 'There is nothing at this path.', {
      details: [{ message: reason ?? 'The paths of this service are described at /docs.' }],
    });
    request.errorCode = error.code;
    return sendError(reply, error);
  }

  app.setNotFoundHandler(answer);
  // At once, that is before Fastify reads and parses a body which nobody is going to use.
  app.addHook('onRequest', (request, reply, done) => {
    if (request.is404) answer(request, reply);
    else done();
  });
}

/** The path itself, and everything below it. */
function isBelow(path: string, area: string): boolean {
  return `${path}/`.toLowerCase().startsWith(`${area}/`.toLowerCase());
}

/** Matches as the router does: any case, a closing slash is fine. */
function patternOf(url: string): RegExp {
  const segments = url
    .replace(/\/$/, '')
    .split('/')
    .map((segment) =>
      /^(:|\{)/.test(segment) ? '[^/]+' : segment === '*' ? '.*' : segment.replaceAll('.', '\\.'),
    );
  return new RegExp(`^${segments.join('/')}/?$`, 'i');
}
