import type { ReadGroup } from '../codecs/x12/x12-documents.js';
import { takeControls } from './control-numbers.js';
import { insertDelivery, isAnswered, lockDeliveries } from './delivery-store.js';
import type { ReadFileDeps } from './file-verdict.js';
import { partnerName } from './profiles.js';
import { x12Bytes } from './render-file.js';
import type { Partner } from './x12-partner.js';

/**
 * A 997 for each group but FA, with control numbers of its own. One that was stored before a crash stays as it is: a file that is read
 * again is answered once.
 * @param place of the interchange, among all that came: the file's number and its own within it
 */
export async function answerGroups(
  deps: ReadFileDeps,
  companyId: number,
  { profile, connectionIds }: Partner,
  { read, place }: { read: readonly ReadGroup[]; place: string },
): Promise<void> {
  const replies = read.flatMap(({ reply }, at) => (reply ? [{ reply, answers: `${place}:${at}` }] : []));
  if (replies.length === 0) return;
  await deps.db.transaction(async (tx) => {
    const now = deps.clock.now();
    const partner = partnerName(profile);
    await lockDeliveries(tx, companyId);
    for (const { reply, answers } of replies) {
      if (await isAnswered(tx, answers)) continue;
      const controls = await takeControls(tx, { companyId, partner });
      await insertDelivery(tx, {
        companyId,
        connectionId: connectionIds[0] ?? null,
        profile: profile.name,
        channel: profile.channel,
        format: 'x12',
        kind: '997',
        document: null,
        answers,
        fileName: `997_${String(controls.interchange).padStart(9, '0')}.edi`,
        state: 'waiting',
        content: x12Bytes(profile, [reply], controls, now),
        x12: { ...controls, groupId: 'FA', partner },
        failure: null,
        now,
      });
    }
  });
}
