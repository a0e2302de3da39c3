import type { Tx } from '../store/database.js';

/** Forgets how the buyers of these orders gave their reasons; the keys of the reasons stay. */
export async function wipeReasons(
  tx: Tx,
  { companyId, tiktokOrderIds }: { companyId: number; tiktokOrderIds: readonly string[] },
): Promise<void> {
  await tx.cancellation.updateMany({
    where: { companyId, tiktokOrderId: { in: [...tiktokOrderIds] }, reasonText: { not: null } },
    data: { reasonText: null },
  });
}
