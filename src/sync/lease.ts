/** How long a lease lasts without a heartbeat; after a crash this is when another process goes on. */
export const LEASE_MS = 60_000;

/** Somebody else has taken over. Let it through: the transaction that it is thrown in must not be committed. */
export class LeaseLost extends Error {
  constructor(what: string) {
    super(`The lease on ${what} was lost.`);
    this.name = 'LeaseLost';
  }
}

interface HeldLease {
  /** Aborted when the lease is lost, or when `parent` is. */
  signal: AbortSignal;
  stop(): void;
}

/**
 * Keeps a lease alive until `stop`. `renew` answers whether the lease is still ours; when it cannot be asked for as long
 * as the lease lasts, it counts as lost, since by then another process may have taken it.
 */
export function keepLease(
  renew: () => Promise<boolean>,
  options: { leaseMs: number; parent: AbortSignal | undefined },
): HeldLease {
  const lost = new AbortController();
  let renewedAt = performance.now();
  let asking = false;
  const beat = async (): Promise<void> => {
    if (performance.now() - renewedAt > options.leaseMs) lost.abort(new Error('The lease has run out.'));
    if (asking || lost.signal.aborted) return;
    asking = true;
    const askedAt = performance.now();
    try {
      if (await renew()) renewedAt = askedAt;
      else lost.abort(new Error('The lease was taken over.'));
    } catch {
      // The store does not answer: asked again at the next beat, given up when the lease has run out.
    } finally {
      asking = false;
    }
  };
  const timer = setInterval(() => void beat(), options.leaseMs / 4);
  timer.unref();
  const signal = options.parent ? AbortSignal.any([options.parent, lost.signal]) : lost.signal;
  return { signal, stop: () => clearInterval(timer) };
}
