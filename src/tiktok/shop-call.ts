import type { TikTokAnswer } from './answer-envelope.js';
import type { TikTokCall } from './signed-request.js';
import { TikTokError } from './tiktok-errors.js';
import { asRecord, listOf, UnreadableError } from './wire/read.js';

/** A call on behalf of one shop, or one seller account. */
export type ShopCall = (call: TikTokCall) => Promise<TikTokAnswer>;

/**
 * What a successful answer holds. A write that was accepted with an answer that cannot be read is in doubt like one
 * without an answer: its effect has to be read back.
 *
 * @throws TikTokError when something is missing that cannot be done without
 */
export function readData<T>(
  { data, requestId }: TikTokAnswer,
  effect: 'read' | 'write',
  map: (data: Readonly<Record<string, unknown>>) => T,
): T {
  try {
    return map(data);
  } catch (error) {
    if (!(error instanceof UnreadableError)) throw error;
    throw new TikTokError({
      reaction: effect === 'write' ? 'in-doubt' : 'retry-later',
      message: `TikTok's answer cannot be used: ${error.message}.`,
      next: 'Report this with the request id if it does not pass.',
      requestId,
    });
  }
}

/** All entries of a list that can be used; one without an id says nothing that could be acted on. */
export function readList<T>(list: unknown, map: (wire: Readonly<Record<string, unknown>>) => T): T[] {
  return listOf(list).flatMap((wire) => {
    try {
      return [map(asRecord(wire) ?? {})];
    } catch (error) {
      if (error instanceof UnreadableError) return [];
      throw error;
    }
  });
}
