import type { Actor } from '../companies/actor.js';
import { getConnection } from '../connections/connection-store.js';
import type { DocumentHead } from '../documents/document.js';
import { sendAgain, type Resending } from '../documents/send-again.js';
import type { Tx } from '../store/database.js';
import { updateAcknowledgement } from './acknowledgement-store.js';
import { checkAcknowledgeable } from './decide-acknowledgement.js';
import { enqueueCancels } from './enqueue-cancel.js';
import { lockAcknowledgement, type LockedAcknowledgement } from './lock-acknowledgement.js';

/** A cancellation that TikTok has refused, with its reason, for what is left of the order now. */
const cancellation: Resending<LockedAcknowledgement, LockedAcknowledgement> = {
  type: 'acknowledgement',
  part: 'cancellation',
  next: 'Send a new acknowledgement.',
  refused: async (_tx, locked) =>
    locked.stored.kind === 'cancel' && locked.stored.state === 'refused' ? [locked] : [],
  async check(tx, { record, orderHead }) {
    const connection = await getConnection(tx, { id: record.connectionId });
    await checkAcknowledgeable(tx, { record, orderHead, connection }, 'cancel');
  },
  async ask(tx, { head, record }) {
    const unitIds = record.units.filter(({ cancelled }) => !cancelled).map(({ unitId }) => unitId);
    await updateAcknowledgement(tx, head.key, { state: 'pending', unitIds });
    return enqueueCancels(tx, [{ head, record }]);
  },
};

/**
 * What the status Submitted means for the ERP's own acknowledgements, in the transaction that sets it; those that came
 * from TikTok are the receiver's to move.
 * @returns outbox entries to wake after the commit
 * @throws AppError rule-violated by a gate
 */
export async function resendAcknowledgements(
  tx: Tx,
  heads: readonly DocumentHead[],
  by: Actor,
): Promise<bigint[]> {
  const wake: bigint[] = [];
  for (const head of heads) {
    const { companyId, key, senderCompanyId } = head;
    if (senderCompanyId !== companyId) continue;
    const locked = await lockAcknowledgement(tx, { companyId, key });
    wake.push(...(await sendAgain(tx, cancellation, { companyId, key, by }, locked)));
  }
  return wake;
}
