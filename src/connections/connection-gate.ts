import { standingOf } from '../domain/shop.js';
import { pass, refuse, wait, type Gate, type GateOutcome } from '../kernel/gate.js';
import { SHOP_INACTIVE } from '../tiktok/shop-inactive.js';
import type { Connection } from './connection.js';

/** What the gate looks at, among a kind's other facts. */
interface ConnectionFacts {
  connection: Pick<Connection, 'status' | 'statusReason'>;
}

/**
 * The gate that every kind of document has in front of TikTok. A connection that stands still for a while does not keep a
 * document out: the document is stored, and sent when the connection is active again.
 * @param documents what goes to TikTok, as the first word of the rule, such as `Shipments`
 */
export function connectionGate(documents: string): Gate<ConnectionFacts> {
  return {
    name: 'connection-active',
    rule: `${documents} go to TikTok through an active connection.`,
    decide: ({ connection }) => decideConnection(connection),
  };
}

function decideConnection({ status, statusReason }: ConnectionFacts['connection']): GateOutcome {
  const standing = `The connection ${standingOf(status)}.`;
  switch (status) {
    case 'active':
      // An active connection has a reason only while TikTok takes no calls of its shop.
      return statusReason === null ? pass(standing) : wait(statusReason, null, SHOP_INACTIVE.next);
    case 'needs_reauthorization':
      return wait(statusReason ?? standing, null, 'Connect the shop again; what waits is sent then.');
    case 'paused':
      return wait(statusReason ?? standing, null, 'Resume the connection; what waits is sent then.');
    default:
      return refuse(standing, 'Connect the shop.');
  }
}
