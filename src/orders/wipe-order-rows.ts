import type { Tx } from '../store/database.js';

/**
 * Forgets who the buyers of these orders are, for good: what TikTok shows of them later is stored without. The caller has
 * locked them, and renders their documents anew.
 */
export async function wipeOrderRows(
  tx: Tx,
  { companyId, keys, now }: { companyId: number; keys: readonly number[]; now: Date },
): Promise<void> {
  await tx.$executeRaw`
    UPDATE orders SET personal = NULL, wiped_at = coalesce(wiped_at, ${now}),
      data = (data::jsonb - 'sellerNote')::json,
      cancel_request = CASE WHEN cancel_request IS NOT NULL THEN jsonb_set(cancel_request, '{reasonText}', 'null') END
    WHERE company_id = ${companyId} AND document_key = ANY(${[...keys]}::int[])`;
}
