import { changeOneStatusByHand, type CompanyActor } from '../documents/change-status-by-hand.js';
import type { Waking } from '../documents/wake-effects.js';
import { AppError } from '../kernel/errors.js';
import type { DocumentType } from '../logicbroker/document-types.js';
import { StatusCode } from '../logicbroker/statuses.js';
import type { Delivery } from './delivery.js';
import { findDelivery, markPickedUp } from './delivery-store.js';
import { profilesOf } from './profiles.js';
import { HOUR_MS } from '../kernel/time.js';
import type { DeliveryDeps } from './prepare-deliveries.js';

/**
 * Where a document goes when its file is picked up. A return stays: only an answer to it moves it, its file is gone all the same.
 */
const PICKED_UP: Readonly<Partial<Record<DocumentType, number>>> = {
  order: StatusCode.acknowledged,
  acknowledgement: StatusCode.complete,
};

/** Left for the version of the document that has come since: nothing of it is acknowledged. */
class NewerVersion extends Error {}

/**
 * The seller has taken a file: that version of its document is acknowledged, and no other. Asked again it changes nothing.
 * @throws AppError not-found
 */
export async function pickUp(
  deps: DeliveryDeps & Waking,
  { by, id }: { by: CompanyActor; id: bigint },
): Promise<Delivery> {
  const { companyId } = by;
  const delivery = await findDelivery(deps.db.prisma, { companyId, id });
  if (!delivery) throw noSuchDelivery(id);
  if (delivery.state !== 'waiting') return delivery;
  await moveDocument(deps, delivery, by);
  const now = deps.clock.now();
  const answerBy = new Date(now.getTime() + (await answerHours(deps, delivery)) * HOUR_MS);
  await markPickedUp(deps.db.prisma, { companyId, id, now, answerBy });
  return (await findDelivery(deps.db.prisma, { companyId, id })) ?? delivery;
}

const ANSWER_HOURS = 24;

async function answerHours({ db }: DeliveryDeps, { companyId, profile: name }: Delivery): Promise<number> {
  const profiles = await profilesOf(db.prisma, companyId);
  const known = profiles.find(({ profile }) => profile.name === name);
  return known?.profile.x12?.acknowledgeHours ?? ANSWER_HOURS;
}

async function moveDocument(
  deps: DeliveryDeps & Waking,
  { kind: type, documentKey: key, documentVersion }: Delivery,
  by: CompanyActor,
): Promise<void> {
  const kind = deps.kinds.find((one) => one.type === type);
  const to = PICKED_UP[type as DocumentType];
  if (!kind || to === undefined || key === null) return;
  try {
    await changeOneStatusByHand(deps, kind, { by, key, to }, ({ version }) => {
      if (version !== documentVersion) throw new NewerVersion();
    });
  } catch (error) {
    if (error instanceof NewerVersion) return;
    // It has gone on by another way; what the file said is known all the same.
    if (error instanceof AppError && error.code === 'rule-violated') return;
    throw error;
  }
}

export function noSuchDelivery(id: bigint | string): AppError {
  return new AppError('not-found', 'There is no such delivery.', {
    details: [{ field: 'DeliveryId', message: `${String(id).slice(0, 30)} is not known` }],
  });
}
