import type { PlannedAckLine } from '../domain/acknowledgement.js';
import { toIsoSeconds } from '../kernel/time.js';
import { object, objects, text, type JsonObject } from './json-reading.js';
import { isUnitIds, UNIT_IDS } from './shipment-attributes.js';
import { sentHead } from './sent-head.js';

/** Raised by whoever changes what `renderAcknowledgement` writes; stored documents of older versions are rendered anew. */
export const ACKNOWLEDGEMENT_RENDERER_VERSION = 1;

interface AcknowledgedLine {
  lineNumber: string;
  supplierSku: string;
  merchantSku: string;
}

/** What an acknowledgement's document is made of. */
export interface AcknowledgementFacts {
  key: number;
  senderId: number;
  receiverId: number;
  statusCode: number;
  documentDate: Date;
  order: {
    linkKey: string;
    tiktokOrderId: string;
    createdAt: Date;
    lines: readonly AcknowledgedLine[];
  };
  /** As the ERP sent it, or as `pulledAcknowledgement` made it. */
  input: JsonObject;
  lines: readonly PlannedAckLine[];
  /** Logicbroker's number; the input's own goes before. */
  type: number;
  /** TikTok's id of the cancellation, once there is one. */
  cancelId: string | null;
}

/**
 * The v3 Acknowledgement as the ERP reads it: all that was sent, completed by the order's own words, and by the pieces
 * that are cancelled. `StatusCode` is the first member (see documents/document.ts).
 */
export function renderAcknowledgement(facts: AcknowledgementFacts): JsonObject {
  const { input, order } = facts;
  return {
    ...sentHead({ ...facts, linkKey: order.linkKey, sourceKey: order.tiktokOrderId }),
    SenderCompanyId: facts.senderId,
    ReceiverCompanyId: facts.receiverId,
    DocumentDate: toIsoSeconds(facts.documentDate),
    AcknowledgementDate: input['AcknowledgementDate'] ?? toIsoSeconds(facts.documentDate),
    Type: input['Type'] ?? facts.type,
    OrderNumber: text(input['OrderNumber']) ?? order.tiktokOrderId,
    OrderDate: input['OrderDate'] ?? toIsoSeconds(order.createdAt),
    PartnerPO: order.tiktokOrderId,
    AckLines: objects(input['AckLines']).map((line, index) => renderLine(line, index, facts)),
    ExtendedAttributes: withAttribute(input['ExtendedAttributes'], CANCEL_ID, facts.cancelId),
  };
}

const CANCEL_ID = 'TikTokCancelId';

function renderLine(line: JsonObject, index: number, facts: AcknowledgementFacts): JsonObject {
  const planned = facts.lines.find(({ path }) => path === `AckLines[${index}]`);
  const orderLine = facts.order.lines.find(({ lineNumber }) => lineNumber === planned?.lineNumber);
  if (!planned || !orderLine) return line;
  return {
    ...line,
    ItemIdentifier: {
      ...object(line['ItemIdentifier']),
      SupplierSKU: orderLine.supplierSku,
      PartnerSKU: orderLine.merchantSku,
    },
    LineNumber: orderLine.lineNumber,
    ExtendedAttributes: withAttribute(
      line['ExtendedAttributes'],
      UNIT_IDS,
      planned.unitIds.join(',') || null,
      isUnitIds,
    ),
  };
}

/** Absent where there is neither an attribute of the sender's nor one of ours. */
function withAttribute(
  given: unknown,
  name: string,
  value: string | null,
  isReplaced = (other: string) => other === name,
): JsonObject[] | undefined {
  if (value === null) return Array.isArray(given) ? objects(given) : undefined;
  return [
    ...objects(given).filter((each) => !isReplaced(text(each['Name']) ?? '')),
    { Name: name, Value: value },
  ];
}

/** Pieces of one line of an order that were cancelled in TikTok. */
interface CancelledLine extends AcknowledgedLine {
  productName: string;
  pieces: number;
}

/** A cancellation that came from TikTok. */
interface PulledFacts {
  acknowledgementNumber: string;
  changeReason: string;
  /** TikTok's key and words for what the customer, or whoever cancelled, gave as the reason. */
  customerReason: { key: string | null; text: string | null };
  /** BUYER, SELLER, SYSTEM or OPERATOR. */
  role: string;
  cancelledAt: Date;
  /** Whether nothing is left of the order. */
  isWhole: boolean;
  lines: readonly CancelledLine[];
}

/** The v3 document for it, with what `renderAcknowledgement` does not add. */
export function pulledAcknowledgement(facts: PulledFacts): JsonObject {
  const { changeReason, customerReason, role } = facts;
  const attributes = [
    { Name: 'TikTokCancelledBy', Value: role },
    { Name: 'TikTokCancelReason', Value: customerReason.key },
    { Name: 'TikTokCancelReasonText', Value: customerReason.text },
  ];
  return {
    Type: facts.isWhole ? 2 : 0,
    AcknowledgementNumber: facts.acknowledgementNumber,
    ChangeReason: changeReason,
    AcknowledgementDate: toIsoSeconds(facts.cancelledAt),
    AckLines: facts.lines.map((line) => ({
      ItemIdentifier: { SupplierSKU: line.supplierSku, PartnerSKU: line.merchantSku },
      LineNumber: line.lineNumber,
      Type: 2,
      Quantity: 0,
      QuantityCancelled: line.pieces,
      QuantityBackordered: 0,
      QuantityUOM: 'EA',
      ChangeReason: changeReason,
      Description: line.productName,
    })),
    ExtendedAttributes: attributes.filter(({ Value }) => Value),
  };
}
