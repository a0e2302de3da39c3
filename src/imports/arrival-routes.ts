import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Connection } from '../connections/connection.js';
import { AppError, messageOf } from '../kernel/errors.js';
import { endArrivals, noteArrivals, type Arrival } from './import-arrivals.js';
import type { ImportDeps } from './import-deps.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Number and time of the file that the call brings, for each connection that takes it. */
    arrivals: Arrival[];
    /** Why the call was refused, for the record of its file. */
    refusal: string | null;
  }
}

const LONGEST_REASON = 500;

/** To be called on the scope of the routes that use `noteArrival`. */
export function registerArrivals(scope: FastifyInstance): void {
  scope.decorateRequest('arrivals');
  scope.decorateRequest('refusal', null);
  scope.addHook('onError', (request, _reply, error, done) => {
    const details = error instanceof AppError ? error.details.map(({ message }) => message) : [];
    request.refusal = [messageOf(error), ...details].join(' ').slice(0, LONGEST_REASON);
    done();
  });
}

/**
 * An `onRequest` hook behind those that know the caller: the body is not read yet, so that the number it draws says when
 * the file began to arrive. A file that nobody takes in, since it breaks off or is refused, has its record ended here.
 */
export function noteArrival(
  deps: ImportDeps,
  kind: string,
  findConnections: (request: FastifyRequest) => Promise<Connection[]>,
) {
  return async function note(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    request.arrivals = [];
    const connections = await findConnections(request);
    if (connections.length === 0) return;
    request.arrivals = await noteArrivals(deps, connections, {
      kind,
      via: 'http',
      by: request.caller,
    });
    const end = (): void => {
      endArrivals(deps, request.arrivals, reasonOf(request, reply)).catch((error: unknown) => {
        // The sweep ends it.
        deps.log.warn({ err: error, requestId: request.id }, 'record of an upload not ended');
      });
    };
    if (reply.raw.closed) end();
    else reply.raw.once('close', end);
  };
}

/** Why nobody took the file in; null where the call is only to be repeated, or was answered before. */
function reasonOf({ raw, refusal }: FastifyRequest, { statusCode }: FastifyReply): string | null {
  if (statusCode === 413 || statusCode === 415) return refusal;
  if (raw.readableAborted) return `The file did not arrive whole: ${refusal ?? 'its sender hung up'}.`;
  return statusCode === 400 ? refusal : null;
}
