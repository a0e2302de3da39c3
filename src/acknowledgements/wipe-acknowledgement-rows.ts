import { writeJson } from '../formats/json.js';
import { withoutPeople } from '../logicbroker/without-people.js';
import type { Tx } from '../store/database.js';
import { jsonTexts } from '../store/json-list.js';
import { findAcknowledgements } from './acknowledgement-store.js';

/** Of what was sent stays which pieces were accepted or cancelled. The caller has locked the orders. */
export async function wipeAcknowledgementRows(
  tx: Tx,
  { companyId, keys }: { companyId: number; keys: readonly number[] },
): Promise<void> {
  const stored = await findAcknowledgements(tx, { companyId, documentKeys: keys });
  if (stored.length === 0) return;
  const inputs = jsonTexts(stored.map(({ input }) => writeJson(withoutPeople(input))));
  await tx.$executeRaw`
    UPDATE acknowledgements a SET input = given.input::json
    FROM unnest(${stored.map(({ documentKey }) => documentKey)}::int[], ${inputs}) AS given (key, input)
    WHERE a.document_key = given.key`;
}
