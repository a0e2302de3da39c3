import { writeJson } from '../formats/json.js';
import { withoutPeople } from '../logicbroker/without-people.js';
import type { Tx } from '../store/database.js';
import { jsonTexts } from '../store/json-list.js';
import { findShipments } from './shipment-store.js';

/** Of what the ERP sent stays which goods went under which number. The caller has locked the orders. */
export async function wipeShipmentRows(
  tx: Tx,
  { companyId, keys }: { companyId: number; keys: readonly number[] },
): Promise<void> {
  const shipments = await findShipments(tx, { companyId, documentKeys: keys });
  if (shipments.length === 0) return;
  const inputs = jsonTexts(shipments.map(({ input }) => writeJson(withoutPeople(input))));
  await tx.$executeRaw`
    UPDATE shipments s SET input = given.input::jsonb
    FROM unnest(${shipments.map(({ documentKey }) => documentKey)}::int[], ${inputs}) AS given (key, input)
    WHERE s.document_key = given.key`;
  await tx.$executeRaw`
    UPDATE shipment_packages SET reason = NULL,
      correction = CASE WHEN correction IS NOT NULL THEN jsonb_set(correction, '{reason}', 'null') END
    WHERE shipment_key = ANY(${[...keys]}::int[]) AND (reason IS NOT NULL OR correction IS NOT NULL)`;
}
