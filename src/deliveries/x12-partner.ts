import type { X12Interchange } from '../formats/x12.js';
import type { Tx } from '../store/database.js';
import { isX12, profilesOf, type X12DeliveryProfile } from './profiles.js';

/** The partner of an interchange. */
export interface Partner {
  profile: X12DeliveryProfile;
  connectionIds: number[];
}

/** The partner whose delivery profile names the ids of an interchange; null where none does. */
export async function partnerOfSender(
  tx: Tx,
  companyId: number,
  { head }: X12Interchange,
): Promise<Partner | null> {
  const profiles = await profilesOf(tx, companyId);
  const own = profiles.flatMap(({ connectionId, profile }) => {
    if (!isX12(profile)) return [];
    const { theirs, ours } = profile.x12;
    const isIt =
      theirs.qualifier === head.senderQualifier &&
      theirs.id === head.senderId &&
      ours.qualifier === head.receiverQualifier &&
      ours.id === head.receiverId;
    return isIt ? [{ connectionId, profile }] : [];
  });
  const [first] = own;
  return first ? { profile: first.profile, connectionIds: own.map((one) => one.connectionId) } : null;
}
