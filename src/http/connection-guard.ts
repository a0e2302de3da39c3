import type { Socket } from 'node:net';
import { rangeOf } from '../kernel/address-range.js';

/** Connections that may be open at once without having shown a key or a session: from one address range, and in all. */
const MOST_FROM_RANGE = 256;
const MOST_STRANGERS = 2_000;

interface ConnectionGuardOptions {
  /** Proxies bring everybody's calls on few connections, and have limits of their own. */
  isProxy: (address: string | undefined) => boolean;
  mostFromRange?: number;
  mostStrangers?: number;
}

const admissions = new WeakMap<Socket, () => void>();

/**
 * Holds down how many connections of strangers are open. One more makes the oldest of its own range go, or the oldest of
 * all: who asks and goes is not touched, who only holds connections loses them. What holds them otherwise is a matter of
 * time limits. @returns the listener of a server's `connection`
 */
export function createConnectionGuard(options: ConnectionGuardOptions): (socket: Socket) => void {
  const { isProxy, mostFromRange = MOST_FROM_RANGE, mostStrangers = MOST_STRANGERS } = options;
  /** Both in the order in which they came. */
  const strangers = new Set<Socket>();
  const byRange = new Map<string, Set<Socket>>();

  return (socket) => {
    const { remoteAddress } = socket;
    if (isProxy(remoteAddress)) return;
    const range = rangeOf(remoteAddress);
    const neighbours = byRange.get(range) ?? new Set<Socket>();
    const forget = (): void => {
      strangers.delete(socket);
      neighbours.delete(socket);
      if (neighbours.size === 0) byRange.delete(range);
    };
    if (neighbours.size >= mostFromRange) close(neighbours);
    else if (strangers.size >= mostStrangers) close(neighbours.size > 0 ? neighbours : strangers);
    strangers.add(socket);
    neighbours.add(socket);
    byRange.set(range, neighbours);
    admissions.set(socket, forget);
    socket.once('close', forget);
  };
}

/** The caller on this connection is known: it no longer counts among the strangers. */
export function admit(socket: Socket | null | undefined): void {
  if (!socket) return;
  admissions.get(socket)?.();
  admissions.delete(socket);
}

function close(sockets: ReadonlySet<Socket>): void {
  const [oldest] = sockets;
  if (!oldest) return;
  // At once: its `close` comes later, and the next stranger must not choose the same one.
  admit(oldest);
  oldest.destroy();
}
