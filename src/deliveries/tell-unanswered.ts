import { systemActor } from '../companies/actor.js';
import { recordEvents } from '../documents/document-store.js';
import { takeUnanswered } from './delivery-store.js';
import type { DeliveryDeps } from './prepare-deliveries.js';

const by = systemActor('deliveries', 'sweep');

/** Raises an event for each interchange whose 997 has not come within the hours of its profile. @returns how many */
export async function tellUnanswered({ db, clock }: Pick<DeliveryDeps, 'db' | 'clock'>): Promise<number> {
  return db.transaction(async (tx) => {
    const late = await takeUnanswered(tx, clock.now());
    await recordEvents(
      tx,
      by,
      late.map(({ companyId, connectionId, documentKey, profile, interchangeControl, fileName }) => ({
        companyId,
        ...(connectionId !== null && { connectionId }),
        ...(documentKey !== null && { documentKey }),
        event: 'delivery-unanswered',
        summary: `Nobody has acknowledged interchange ${interchangeControl} of the profile ${profile}.`,
        details: `${fileName} was picked up, and no 997 has come. Ask the partner, then have it once more (Deliveries, Replay).`,
      })),
    );
    return late.length;
  });
}
