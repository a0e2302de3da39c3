import { isNumberText, object, objects, text, type JsonObject } from './json-reading.js';
import { isPackageId, isUnitIds, LEFT_OUT } from './shipment-attributes.js';

/**
 * Members that say what was sent, how much of it and under which number, and nothing of a person. Everything else goes,
 * whatever it is called: an ERP adds members of its own, and people stand in notes.
 */
const KEPT = new Set([
  'StatusCode',
  'Identifier',
  'SourceKey',
  'LogicbrokerKey',
  'LinkKey',
  'SenderCompanyId',
  'ReceiverCompanyId',
  'DocumentDate',
  'Type',
  'OrderNumber',
  'OrderDate',
  'PartnerPO',
  'ShipmentNumber',
  'ShipmentDate',
  'ShipmentLines',
  'ShipmentInfos',
  'AcknowledgementNumber',
  'AcknowledgementDate',
  'AckLines',
  'InvoiceNumber',
  'InvoiceDate',
  'InvoiceLines',
  'InvoiceTotal',
  'TotalAmount',
  'ItemIdentifier',
  'SupplierSKU',
  'PartnerSKU',
  'LineNumber',
  'Price',
  'Amount',
  'Quantity',
  'QuantityUOM',
  'QuantityCancelled',
  'QuantityBackordered',
  'QuantityInvoiced',
  'Qty',
  'TrackingNumber',
  'ContainerCode',
  'CarrierCode',
  'ClassCode',
  'ReceiverClassCode',
  'ExtendedAttributes',
]);

const OUR_ATTRIBUTES = new Set([LEFT_OUT, 'TikTokCancelId', 'TikTokCancelledBy', 'TikTokCancelReason']);

/** A document that an ERP has sent, or that was made for it, without what may be about a person. */
export function withoutPeople(document: JsonObject): JsonObject {
  return object(kept(document));
}

function kept(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(kept);
  if (typeof value !== 'object' || value === null || isNumberText(value)) return value;
  const members = Object.entries(value).filter(([name]) => KEPT.has(name));
  return Object.fromEntries(
    members.map(([name, member]) => [name, name === 'ExtendedAttributes' ? ours(member) : kept(member)]),
  );
}

function ours(attributes: unknown): JsonObject[] {
  return objects(attributes).flatMap(({ Name, Value }) => {
    const name = text(Name) ?? '';
    return isUnitIds(name) || isPackageId(name) || OUR_ATTRIBUTES.has(name) ? [{ Name, Value }] : [];
  });
}
