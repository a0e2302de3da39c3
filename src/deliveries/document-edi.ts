import { fileKindOf } from '../codecs/document-shape.js';
import { findDocument } from '../documents/document-store.js';
import { noSuchDocument } from '../documents/change-status-by-hand.js';
import { AppError } from '../kernel/errors.js';
import type { DocumentType } from '../logicbroker/document-types.js';
import { listDeliveries, lockDeliveries, readContent } from './delivery-store.js';
import { deliver, type DeliveryDeps } from './prepare-deliveries.js';
import { isX12, profilesOf } from './profiles.js';

/**
 * A document as X12, by the profile of its shop. The first rendering of a document takes its control numbers, whoever asks for it;
 * after that the same bytes come, and once it was picked up those that went.
 * @throws AppError not-found; not-acceptable where no profile says with which ids; what keeps it from being written
 */
export async function documentEdi(
  deps: DeliveryDeps,
  { companyId, type, key }: { companyId: number; type: DocumentType; key: number },
): Promise<Buffer> {
  const document = await findDocument(deps.db, { companyId, type, key });
  if (!document) throw noSuchDocument(type, String(key));
  const kind = fileKindOf(type);
  const profiles = await profilesOf(deps.db.prisma, companyId);
  const shop = profiles.find(
    ({ connectionId, profile }) =>
      connectionId === document.connectionId &&
      isX12(profile) &&
      profile.documents.some((one) => one === type),
  );
  if (!shop || !kind) throw noProfile(type);
  const { name } = shop.profile;
  const isWaiting = deps.kinds.find((one) => one.type === type)?.readyStatuses.includes(document.statusCode);
  return deps.db.transaction(async (tx) => {
    await lockDeliveries(tx, companyId);
    const known = await listDeliveries(tx, { companyId, profile: name, documentKey: key, limit: 1_000 });
    const own = known.find((one) => one.documentVersion === document.version && one.state !== 'failed');
    const went = isWaiting
      ? undefined
      : known.findLast(({ state, bytes }) => state !== 'failed' && bytes > 0);
    const file = { ...document, kind, partnerPo: document.partnerPo };
    const id = own?.id ?? went?.id ?? (await deliver(tx, deps, { companyId, ...shop }, file));
    const content = await readContent(tx, { companyId, id });
    if (content) return content;
    const [failed] = (
      await listDeliveries(tx, { companyId, profile: name, documentKey: key, limit: 1_000 })
    ).filter((one) => one.id === id);
    throw new AppError('rule-violated', 'The document cannot be had as X12.', {
      details: [
        { message: failed?.lastError ?? 'its bytes were forgotten with what was known of the buyer' },
      ],
    });
  });
}

function noProfile(type: DocumentType): AppError {
  return new AppError('not-acceptable', 'No delivery profile says with whom X12 is exchanged.', {
    details: [
      {
        field: 'deliveryProfiles',
        message: `has no profile of format x12 for the ${type}s of this shop`,
        next: 'Add one with the ids of both sides, with PUT Settings/Company or Settings/Partners/{partnerId}',
      },
    ],
  });
}
