import type { Actor } from '../companies/actor.js';
import { recordEvents, replaceBodies } from '../documents/document-store.js';
import type { DocumentHead } from '../documents/document.js';
import { statusName, StatusCode } from '../logicbroker/statuses.js';
import { AppError } from '../kernel/errors.js';
import type { JsonObject } from '../logicbroker/json-reading.js';
import { SHIPMENT_RENDERER_VERSION } from '../logicbroker/map-shipment.js';
import { readShipment } from '../logicbroker/read-shipment.js';
import type { Sender } from '../orders/taking.js';
import { isUniqueViolation, type Tx } from '../store/database.js';
import { contentHash } from './shipment-hash.js';
import { lockShipment } from './lock-shipment.js';
import { shipmentText } from './render-shipment-document.js';
import { resendShipment } from './resend-shipment.js';
import { sendDraft } from './send-shipment.js';
import type { ShipmentDeps } from './shipment-deps.js';
import { updateShipment } from './shipment-store.js';

export interface DraftChange extends Sender {
  key: number;
  document: JsonObject;
  /** Called with the locked document before anything else, for If-Match. */
  check?: (head: DocumentHead) => void;
}

/**
 * Replaces the content of a draft. It stays a draft until its status is set to Submitted.
 * @throws AppError not-found, rule-violated when it is no draft any more, invalid-document
 */
export async function updateDraftShipment(deps: ShipmentDeps, change: DraftChange): Promise<void> {
  const { companyId, by, key, document } = change;
  // What a client has read back says Draft; a document that is silent about it stays one too.
  const content = { ...document, StatusCode: StatusCode.draft };
  const input = readShipment(content);
  const hash = await contentHash(content);
  const editing = deps.db.transaction(async (tx) => {
    const { head, record, shipment } = await lockShipment(tx, { companyId, key });
    change.check?.(head);
    if (head.statusCode !== StatusCode.draft) throw notADraft(head);
    checkSameOrder(input.order, head);
    await updateShipment(tx, key, { input: content, parts: [] });
    const body = shipmentText(head, record, { ...shipment, input: content }, []);
    const reference = input.shipmentNumber;
    await replaceBodies(tx, [
      { key, body, rendererVersion: SHIPMENT_RENDERER_VERSION, reference, contentHash: hash },
    ]);
    await recordEvents(tx, by, [
      { companyId, documentKey: key, event: 'document-changed', summary: 'Draft edited.' },
    ]);
  });
  await editing.catch((error: unknown) => {
    if (!isUniqueViolation(error)) throw error;
    throw new AppError('invalid-document', 'This shipment already exists.', {
      details: [
        { field: 'ShipmentNumber', message: `${input.shipmentNumber} is another shipment of this order` },
      ],
    });
  });
}

/**
 * What the status Submitted means, in the transaction that sets it: a draft is sent, and of a failed shipment the
 * packages that TikTok refused are sent once more. Carriers are decided by the push, since nothing outside is asked here.
 * @returns outbox entries to wake after the commit
 * @throws AppError rule-violated, invalid-document, conflict
 */
export async function releaseShipments(
  deps: Pick<ShipmentDeps, 'findCancelling'>,
  tx: Tx,
  heads: readonly DocumentHead[],
  by: Actor,
): Promise<bigint[]> {
  const wake: bigint[] = [];
  for (const { companyId, key } of heads) {
    const locked = await lockShipment(tx, { companyId, key });
    // Packages are planned when a shipment is first sent, whatever it was called since.
    const isUnsent = locked.shipment.parts.length === 0;
    wake.push(
      ...(isUnsent ? await sendDraft(deps, tx, locked, by) : await resendShipment(deps, tx, locked, by)),
    );
  }
  return wake;
}

/** Nothing of it is with TikTok, and it is no draft any more. */
export function notADraft({ key, statusCode }: DocumentHead): AppError {
  const message = `Shipment ${key} is ${statusName('shipment', statusCode)}; only drafts can be edited, and the tracking numbers of what TikTok has.`;
  return new AppError('rule-violated', message, {
    details: [{ field: 'StatusCode', message, next: 'Send a new shipment for what is left to ship.' }],
  });
}

/** A shipment belongs to its order for good. */
export function checkSameOrder(
  { linkKey, partnerPo }: { linkKey: string | null; partnerPo: string | null },
  head: DocumentHead,
): void {
  const isSame =
    (linkKey ?? head.linkKey) === head.linkKey && (partnerPo ?? head.partnerPo) === head.partnerPo;
  if (isSame) return;
  throw new AppError('invalid-document', 'A shipment cannot change its order.', {
    details: [
      { field: 'PartnerPO', message: `the shipment belongs to order ${head.partnerPo ?? head.linkKey}` },
    ],
  });
}
