import { AppError } from '../kernel/errors.js';
import { refusal } from '../sync/effects/tiktok-refusal.js';
import { isReasonRefusal } from '../tiktok/error-rules.js';
import type { ShopApi } from '../tiktok/shop-api.js';
import type { AcknowledgementDeps } from './acknowledgement-deps.js';
import { forgetReasonLists } from './reason-list.js';

/**
 * TikTok's refusal of a reason, with the reasons that it takes instead: what we hold of them is out of date then. TikTok has one code
 * for a reason that does not exist and for an order that cannot be cancelled now, and only its list tells them apart.
 */
export async function namingReasons(
  { db }: Pick<AcknowledgementDeps, 'db'>,
  api: ShopApi,
  {
    connectionId,
    tiktokOrderId,
    reason,
  }: { connectionId: number; tiktokOrderId: string; reason: string | null },
  refused: unknown,
): Promise<unknown> {
  if (!isReasonRefusal(refused)) return refused;
  await forgetReasonLists(db.prisma, connectionId);
  const live = await api.listCancelReasons(tiktokOrderId).catch((error: unknown) => {
    if (error instanceof AppError) return undefined;
    throw error;
  });
  if (live === undefined) return refused;
  if (live === null || (reason !== null && live.includes(reason))) {
    const why =
      live === null ? 'TikTok names no reason for this order now' : 'The reason is one that TikTok takes';
    return refusal(
      `${refused.message} ${why}: the present status of the order does not allow the cancellation.`,
      'Look at the order in TikTok Seller Center. Once it can be cancelled, set the acknowledgement to Submitted.',
    );
  }
  return refusal(
    refused.message,
    `Send a new acknowledgement with another ChangeReason. TikTok takes for this order: ${live.join('; ') || 'none'}.`,
  );
}
