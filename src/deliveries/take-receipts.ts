import { readTa1 } from '../codecs/x12/read-receipts.js';
import type { ReadGroup } from '../codecs/x12/x12-documents.js';
import type { Actor } from '../companies/actor.js';
import { recordEvents } from '../documents/document-store.js';
import type { X12Interchange } from '../formats/x12.js';
import type { Tx } from '../store/database.js';
import { answerDeliveries } from './delivery-store.js';
import type { ReadFileDeps } from './file-verdict.js';
import { partnerName } from './profiles.js';
import type { Partner } from './x12-partner.js';

/** What the partner says of files of ours. */
export async function takeReceipts(
  deps: ReadFileDeps,
  companyId: number,
  { profile }: Partner,
  read: readonly ReadGroup[],
  ta1: X12Interchange['ta1'],
  by: Actor,
): Promise<void> {
  const partner = partnerName(profile);
  const said = read.flatMap(({ receipts }) =>
    receipts.map(({ groupId, control, result, sets, errors }) => ({
      groupId,
      control: Number(control),
      isAccepted: result === 'accepted' || result === 'with-errors',
      reason: [...errors, ...sets.flatMap((set) => set.errors)].join('; ') || null,
    })),
  );
  await deps.db.transaction(async (tx) => {
    for (const one of said) {
      if (!Number.isInteger(one.control)) continue;
      const answered = await answerDeliveries(tx, { companyId, partner, ...one, now: deps.clock.now() });
      if (!one.isAccepted) await tellRejected(tx, by, answered, one.reason);
    }
    for (const segment of ta1) {
      const { control, result, error } = readTa1(segment);
      if (result === 'rejected')
        await recordEvents(tx, by, [
          {
            companyId,
            event: 'delivery-rejected',
            summary: `The partner cannot read interchange ${control.slice(0, 12)}.`,
            details: error ?? 'Its TA1 says so.',
          },
        ]);
    }
  });
}

async function tellRejected(
  tx: Tx,
  by: Actor,
  answered: Awaited<ReturnType<typeof answerDeliveries>>,
  reason: string | null,
): Promise<void> {
  await recordEvents(
    tx,
    by,
    answered.map(({ companyId, connectionId, documentKey, profile, interchangeControl }) => ({
      companyId,
      ...(connectionId !== null && { connectionId }),
      ...(documentKey !== null && { documentKey }),
      event: 'delivery-rejected',
      summary: `The partner of the profile ${profile} has rejected interchange ${interchangeControl}.`,
      details: reason ?? 'Its 997 names no error.',
    })),
  );
}
