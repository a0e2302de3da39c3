import type { DocumentType } from '../../logicbroker/document-types.js';
import type { Tx } from '../../store/database.js';

/** Something that was found, with why it was. */
export interface Found {
  what: 'order' | 'document' | 'sku';
  /** Of documents. */
  type: DocumentType | null;
  key: number | null;
  /** TikTok's id of the order, number of the document, or SKU. */
  name: string;
  connectionId: number;
  /** What matched: a number, a tracking number, a name. */
  by: string;
}

const MOST_OF_KIND = 20;
/** Names of buyers are looked for among so many orders, the newest: nothing has an index over people. */
const MOST_BUYERS = 20_000;

/** Whatever goes by this name: exactly, in any case; names of buyers by a part of them. Never says who the buyer is. */
export async function searchAll(
  tx: Tx,
  { companyIds, connectionIds }: { companyIds: readonly number[]; connectionIds: readonly number[] },
  wanted: string,
): Promise<Found[]> {
  const companies = [...companyIds];
  const shops = [...connectionIds];
  const key = /^[1-9]\d{0,8}$/.test(wanted) ? Number(wanted) : 0;
  const folded = wanted.toLowerCase();
  const parts = await Promise.all([
    tx.$queryRaw<Found[]>`
      SELECT 'order' AS what, NULL AS type, document_key AS key, tiktok_order_id AS name, connection_id AS "connectionId",
        'order id' AS by
      FROM orders WHERE company_id = ANY(${companies}::int[]) AND tiktok_order_id = ${wanted} LIMIT ${MOST_OF_KIND}::int`,
    tx.$queryRaw<Found[]>`
      SELECT 'document' AS what, type, key, reference AS name, connection_id AS "connectionId", 'key' AS by
      FROM documents WHERE key = ${key} AND company_id = ANY(${companies}::int[])`,
    tx.$queryRaw<Found[]>`
      SELECT 'document' AS what, d.type, d.key, d.reference AS name, d.connection_id AS "connectionId",
        'tracking number' AS by
      FROM shipment_packages p JOIN documents d ON d.key = p.shipment_key
      WHERE p.tracking_number = ${wanted} AND d.company_id = ANY(${companies}::int[]) LIMIT ${MOST_OF_KIND}::int`,
    tx.$queryRaw<Found[]>`
      SELECT 'document' AS what, 'return' AS type, document_key AS key, return_id AS name,
        connection_id AS "connectionId", 'return id' AS by
      FROM returns WHERE company_id = ANY(${companies}::int[]) AND return_id = ${wanted} AND document_key IS NOT NULL
      LIMIT ${MOST_OF_KIND}::int`,
    tx.$queryRaw<Found[]>`
      SELECT 'sku' AS what, NULL AS type, NULL AS key, supplier_sku AS name, connection_id AS "connectionId", 'SKU' AS by
      FROM inventory_items WHERE connection_id = ANY(${shops}::int[])
        AND (sku_key IN (${wanted}, ${folded}) OR merchant_sku = ${wanted}) LIMIT ${MOST_OF_KIND}::int`,
    findBuyers(tx, companies, wanted),
  ]);
  return parts.flat();
}

/** Orders of a buyer with this name. The answer has the orders only. */
async function findBuyers(tx: Tx, companies: number[], wanted: string): Promise<Found[]> {
  // A number is nobody's name, and two letters are everybody's.
  if (wanted.length < 3 || /\d/.test(wanted)) return [];
  const pattern = `%${wanted.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
  return tx.$queryRaw<Found[]>`
    SELECT 'order' AS what, NULL AS type, document_key AS key, tiktok_order_id AS name, connection_id AS "connectionId",
      'buyer' AS by
    FROM (SELECT * FROM orders WHERE company_id = ANY(${companies}::int[]) ORDER BY id DESC LIMIT ${MOST_BUYERS}::int) newest
    WHERE personal->'recipient'->>'name' ILIKE ${pattern}
      OR (personal->'recipient'->>'firstName') || ' ' || (personal->'recipient'->>'lastName') ILIKE ${pattern}
    ORDER BY id DESC LIMIT ${MOST_OF_KIND}::int`;
}
