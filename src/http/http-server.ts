import { createServer, type RequestListener, type Server } from 'node:http';
import { inNetworks } from '../kernel/address-range.js';
import { MINUTE_MS, SECOND_MS } from '../kernel/time.js';
import { createConnectionGuard } from './connection-guard.js';
import { settleEarlyAnswer } from './early-answers.js';

/** The longest that any request may take to arrive: a file of a gigabyte on a slow line. */
const REQUEST_TIMEOUT_MS = 60 * MINUTE_MS;
/** A head is one packet or a few. */
const HEADERS_TIMEOUT_MS = 20 * SECOND_MS;
/** Longer than balancers keep their side, so that it is never us who close first. */
const KEEP_ALIVE_MS = 72 * SECOND_MS;
/** How often Node looks for connections that are over time. */
const LOOK_EVERY_MS = 5 * SECOND_MS;

interface HttpServerOptions {
  bodyTimeoutMs: number;
  /** See TRUSTED_PROXIES. */
  trustedProxies: readonly string[];
}

/**
 * Node's server with limits on what a caller may hold without sending anything useful: time for the head, connections of
 * strangers, bodies that nobody waits for any more. For Fastify's `serverFactory`.
 */
export function createHttpServer(handle: RequestListener, options: HttpServerOptions): Server {
  const server = createServer(
    {
      requestTimeout: REQUEST_TIMEOUT_MS,
      headersTimeout: Math.min(HEADERS_TIMEOUT_MS, options.bodyTimeoutMs),
      keepAliveTimeout: KEEP_ALIVE_MS,
      connectionsCheckingInterval: LOOK_EVERY_MS,
    },
    (request, response) => {
      settleEarlyAnswer(request, response);
      handle(request, response);
    },
  );
  server.on('connection', createConnectionGuard({ isProxy: inNetworks(options.trustedProxies) }));
  return server;
}
