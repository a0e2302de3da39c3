import { audit } from '../audit/audit.js';
import { forgetAuditKey } from '../audit/audit-chain.js';
import type { Actor } from '../companies/actor.js';
import { forgetSecondFactors } from '../companies/second-factor-store.js';
import { recordEvents } from '../documents/document-store.js';
import type { Database, Tx } from '../store/database.js';
import { forgetCheckValue } from '../store/key-check.js';
import { lockKeyRing } from '../store/key-ring.js';
import { suspendAuthorization } from './authorization-health.js';
import { forgetTokensSealedWith } from './authorization-store.js';
import { listConnections } from './connection-store.js';

/**
 * Gives up what an encryption key that is lost for good has sealed: the tokens go, their connections wait until the sellers
 * have authorised again, and their flows go on then where they stopped. Second factors go off, and the audit chain begins anew.
 * @param also gives up what other areas have sealed; its answer stands in the trail
 * @returns how many authorisations lost their tokens
 */
export async function forgetKey(
  db: Database,
  { keyId, by }: { keyId: string; by: Actor },
  also: (tx: Tx, keyId: string) => Promise<object> = async () => ({}),
): Promise<number> {
  const reason = `The encryption key ${keyId} that sealed its tokens was given up.`;
  return db.transaction(async (tx) => {
    await lockKeyRing(tx);
    const lost = await forgetTokensSealedWith(tx, keyId);
    for (const { id, tokenVersion } of lost) {
      await suspendAuthorization(tx, { authorizationId: id, version: tokenVersion, reason });
      const connections = await listConnections(tx, { authorizationId: id });
      await recordEvents(
        tx,
        by,
        connections.map(({ id: connectionId, companyId, name }) => ({
          companyId,
          connectionId,
          event: 'connection-changed' as const,
          summary: `The tokens of ${name} were given up. ${reason}`,
        })),
      );
    }
    const logins = await forgetSecondFactors(tx, keyId);
    const others = await also(tx, keyId);
    const isChainBroken = await forgetAuditKey(tx, keyId);
    await audit(tx, by, [
      {
        action: 'encryption-key.forgotten',
        subject: `encryption key ${keyId}`,
        after: {
          authorizations: lost.map(({ id }) => id),
          secondFactorsOff: logins,
          chainBegunAnew: isChainBroken,
          ...others,
        },
      },
    ]);
    await forgetCheckValue(tx, keyId);
    return lost.length;
  });
}
