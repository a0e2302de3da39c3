import { getConnection } from '../connections/connection-store.js';
import type { DocumentHead } from '../documents/document.js';
import { AppError } from '../kernel/errors.js';
import type { Tx } from '../store/database.js';
import { updateAcknowledgement } from './acknowledgement-store.js';
import { passGates } from './decide-acknowledgement.js';
import { enqueueCancel } from './enqueue-cancel.js';
import { lockAcknowledgement } from './lock-acknowledgement.js';

/**
 * What the status Submitted means for the ERP's own acknowledgements, in the transaction that sets it: a cancellation that
 * TikTok has refused is sent once more, with its reason, for what is left of the order now.
 * @returns outbox entries to wake after the commit
 * @throws AppError rule-violated by a gate
 */
export async function resendAcknowledgements(tx: Tx, heads: readonly DocumentHead[]): Promise<bigint[]> {
  const wake: bigint[] = [];
  for (const { companyId, key, senderCompanyId } of heads) {
    if (senderCompanyId !== companyId) continue;
    const { head, orderHead, record, stored } = await lockAcknowledgement(tx, { companyId, key });
    if (stored.kind !== 'cancel' || stored.state !== 'refused') throw nothingToSend(head);
    const connection = await getConnection(tx, { id: record.connectionId });
    await passGates(tx, { record, orderHead, connection }, 'cancel');
    const unitIds = record.units.filter(({ cancelled }) => !cancelled).map(({ unitId }) => unitId);
    await updateAcknowledgement(tx, key, { state: 'pending', unitIds });
    wake.push(await enqueueCancel(tx, { head, record }));
  }
  return wake;
}

function nothingToSend({ key }: DocumentHead): AppError {
  const message = `Acknowledgement ${key} has nothing that TikTok refused.`;
  return new AppError('rule-violated', message, {
    details: [{ message, next: 'Send a new acknowledgement.' }],
  });
}
