import type { Actor } from '../companies/actor.js';
import {
  allocateKeys,
  changeStatus,
  createDocuments,
  recordEvents,
  replaceBodies,
  type NewEvent,
} from '../documents/document-store.js';
import type { DocumentHead } from '../documents/document.js';
import { documentNoun } from '../logicbroker/document-types.js';
import { statusName } from '../logicbroker/statuses.js';
import type { Tx } from '../store/database.js';
import type { Asked, NamesOrder, Taken, Taking } from './taking.js';

/** What may pass, before it has a document. */
export type Decided<Input, Plan> = Asked<Input> & { plan: Plan };

/** New documents get keys; one that takes the place of another keeps that one's. */
export async function storeHeads<Input extends NamesOrder, Plan, Facts>(
  tx: Tx,
  taking: Taking<Input, Plan, Facts>,
  decided: readonly Decided<Input, Plan>[],
  { by, now }: { by: Actor; now: Date },
): Promise<Taken<Input, Plan>[]> {
  const keys = (await allocateKeys(tx, decided.filter(({ replaces }) => replaces === null).length)).values();
  const taken = decided.map((each) => {
    const key = each.replaces?.key ?? keys.next().value!;
    return { ...each, head: headOf(taking, each, key, now) };
  });
  const { rendererVersion } = taking;
  await createDocuments(
    tx,
    taken.flatMap((each) => {
      const { version: _version, errorMessage: _error, updatedAt: _updated, ...stored } = each.head;
      return each.replaces ? [] : [{ ...stored, body: taking.text(each), rendererVersion }];
    }),
  );
  for (const each of taken)
    if (each.replaces) await replaceHead(tx, taking, each, { replaces: each.replaces, by });
  await recordEvents(
    tx,
    by,
    taken.flatMap((each) => {
      const { companyId, key: documentKey } = each.head;
      const remarks = taking.remarks?.(each.item) ?? [];
      const received = each.replaces ? replacing(each.replaces) : taking.created(each);
      return [
        { companyId, documentKey, ...received },
        ...remarks.map((summary) => ({
          companyId,
          documentKey,
          event: 'document-remarked' as const,
          summary,
        })),
      ];
    }),
  );
  return taken;
}

async function replaceHead<Input extends NamesOrder, Plan, Facts>(
  tx: Tx,
  taking: Taking<Input, Plan, Facts>,
  taken: Taken<Input, Plan>,
  { replaces, by }: { replaces: DocumentHead; by: Actor },
): Promise<void> {
  const { key, companyId, statusCode: to } = taken.head;
  const contentHash = taken.item.hash;
  // The text first: the status is spliced into it.
  const change = { key, body: taking.text(taken), rendererVersion: taking.rendererVersion, contentHash };
  await replaceBodies(tx, [change]);
  const details = `Sent again with another content; was: ${replaces.errorMessage ?? statusName(taking.type, replaces.statusCode)}`;
  await changeStatus(tx, { companyId, keys: [key], type: taking.type, to, details, by });
}

function headOf<Input extends NamesOrder, Plan, Facts>(
  taking: Taking<Input, Plan, Facts>,
  { item, order: { record, orderHead }, plan, replaces }: Decided<Input, Plan>,
  key: number,
  now: Date,
): DocumentHead {
  const { input, companyId, hash } = item;
  return {
    key,
    companyId,
    connectionId: record.connectionId,
    type: taking.type,
    statusCode: taking.statusOf(plan),
    version: (replaces?.version ?? 0) + 1,
    linkKey: orderHead.linkKey,
    sourceKey: input.order.sourceKey ?? record.order.tiktokOrderId,
    partnerPo: orderHead.partnerPo,
    reference: taking.numberOf(input),
    parentKey: orderHead.key,
    senderCompanyId: companyId,
    receiverCompanyId: orderHead.senderCompanyId,
    documentDate: replaces?.documentDate ?? now,
    errorMessage: null,
    contentHash: hash,
    updatedAt: now,
  };
}

/** In the history, in place of what a new document says. */
function replacing({
  type,
  reference,
  statusCode,
  errorMessage,
}: DocumentHead): Pick<NewEvent, 'event' | 'summary' | 'details'> {
  return {
    event: 'document-changed',
    summary: `Received again under the number ${reference} with another content, in place of the ${documentNoun(type)} that was ${statusName(type, statusCode)}.`,
    ...(errorMessage ? { details: errorMessage } : {}),
  };
}
