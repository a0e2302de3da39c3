import type { FastifyInstance } from 'fastify';
import { isPrivateAddress } from '../kernel/address-range.js';
import type { Logger } from '../kernel/log.js';

/** Enough requests to tell a proxy from somebody who tries out a header. */
const ENOUGH = 20;

/**
 * Tells once when every request comes from one private address and says for whom it comes: that is a proxy that nobody
 * has named, and all callers count as one in limits and logs.
 */
export function registerProxyHint(app: FastifyInstance, log: Logger): void {
  let proxy: string | undefined;
  /** Below zero: there is nothing to tell any more. */
  let seen = 0;

  app.addHook('onRequest', (request, _reply, done) => {
    const { remoteAddress } = request.raw.socket;
    if (seen >= 0 && request.headers['x-forwarded-for'] !== undefined) look(remoteAddress);
    // Health checks of the same machine or network say nothing.
    else if (!isPrivateAddress(remoteAddress)) seen = -1;
    done();
  });

  function look(from: string | undefined): void {
    proxy ??= from;
    if (from !== proxy || !isPrivateAddress(from)) {
      seen = -1;
      return;
    }
    seen += 1;
    if (seen < ENOUGH) return;
    seen = -1;
    log.warn(
      { proxyAt: from },
      'all requests come through one proxy, which TRUSTED_PROXIES does not name: all callers count as one',
    );
  }
}
