import { allocateKeys, createDocuments } from '../../src/documents/document-store.js';
import type { NewDocument } from '../../src/documents/document.js';
import type { Database } from '../../src/store/database.js';

export interface Seller {
  companyId: number;
  connectionId: number;
  /** The company number of the shop: sender of orders, receiver of shipments. */
  partnerId: number;
}

/** A company with one active connection. */
export async function createSeller(db: Database, name = 'Test seller'): Promise<Seller> {
  const company = await db.prisma.company.create({ data: { name } });
  const connection = await db.prisma.connection.create({
    data: {
      companyId: company.id,
      name: `${name} shop`,
      environment: 'simulator',
      status: 'active',
      shopId: `7494${String(company.id).padStart(15, '0')}`,
      shopName: `${name} shop`,
      shopRegion: 'US',
    },
  });
  return { companyId: company.id, connectionId: connection.id, partnerId: connection.partnerId };
}

/** An order document as an ERP sees one, with a body in the shape of the v3 contract. */
export function orderDocument(seller: Seller, key: number, changes: Partial<NewDocument> = {}): NewDocument {
  const partnerPo = changes.partnerPo ?? `5764607523034${String(key).padStart(5, '0')}`;
  const statusCode = changes.statusCode ?? 100;
  const linkKey = `L-${key}`;
  const body =
    `{"StatusCode":${statusCode},"Identifier":{"SourceKey":"${partnerPo}","LogicbrokerKey":"${key}","LinkKey":"${linkKey}"},` +
    `"SenderCompanyId":${seller.partnerId},"ReceiverCompanyId":${seller.companyId},"OrderNumber":"${partnerPo}",` +
    `"PartnerPO":"${partnerPo}","Currency":"USD","TotalAmount":21.50,"OrderLines":[{"ItemIdentifier":` +
    `{"SupplierSKU":"ERP-1","PartnerSKU":"TT-1"},"LineNumber":"1","Quantity":1,"Price":18.00,"RetailPrice":20.00}]}`;
  return {
    key,
    companyId: seller.companyId,
    connectionId: seller.connectionId,
    type: 'order',
    statusCode,
    linkKey,
    sourceKey: partnerPo,
    partnerPo,
    reference: partnerPo,
    parentKey: null,
    senderCompanyId: seller.partnerId,
    receiverCompanyId: seller.companyId,
    documentDate: new Date('2026-11-01T10:00:00Z'),
    contentHash: null,
    body,
    rendererVersion: 1,
    ...changes,
  };
}

/** A shipment document under an order. */
export function shipmentDocument(
  seller: Seller,
  key: number,
  order: NewDocument,
  changes: Partial<NewDocument> = {},
): NewDocument {
  const statusCode = changes.statusCode ?? 100;
  const reference = changes.reference ?? `S-${key}`;
  const body =
    `{"StatusCode":${statusCode},"Identifier":{"LogicbrokerKey":"${key}","LinkKey":"${order.linkKey}"},` +
    `"ShipmentNumber":"${reference}","PartnerPO":"${order.partnerPo}","ShipmentLines":[]}`;
  return {
    ...orderDocument(seller, key),
    type: 'shipment',
    statusCode,
    linkKey: order.linkKey,
    partnerPo: order.partnerPo,
    reference,
    parentKey: order.key,
    senderCompanyId: seller.companyId,
    receiverCompanyId: seller.partnerId,
    body,
    ...changes,
  };
}

/** Stores `count` orders of the seller; `change` gives each its own columns. Keys ascend. */
export async function createOrderDocuments(
  db: Database,
  seller: Seller,
  count: number,
  change: (index: number) => Partial<NewDocument> = () => ({}),
): Promise<NewDocument[]> {
  return db.transaction(async (tx) => {
    const keys = await allocateKeys(tx, count);
    const documents = keys.map((key, index) => orderDocument(seller, key, change(index)));
    await createDocuments(tx, documents);
    return documents;
  });
}
