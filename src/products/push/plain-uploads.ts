import type { OpenShop } from '../../connections/open-shop.js';
import { AppError } from '../../kernel/errors.js';
import { HOUR_MS, MINUTE_MS } from '../../kernel/time.js';
import type { NoAnswerError } from '../../outbound/no-answer.js';
import { createPublicDoor, type PublicDoorSettings } from '../../outbound/public-door.js';
import { RefusedAddressError } from '../../outbound/public-address.js';
import { TikTokError } from '../../tiktok/tiktok-errors.js';
import type { PlannedUpload } from '../plan/push-plan-types.js';
import { keyOfUpload, type EnsureUploads } from './upload-seam.js';

/** Pictures of one process's last hour are not fetched again. */
const KEPT_MS = HOUR_MS;
const MOST_KEPT = 10_000;
const MOST_REDIRECTS = 3;

/** Fetches each picture through the door for addresses of others and hands it to TikTok. */
export function createPlainUploads(
  { openShop }: { openShop: OpenShop },
  settings: PublicDoorSettings = {},
): EnsureUploads {
  let opened: ReturnType<typeof createPublicDoor> | null = null;
  const kept = new Map<string, { uri: string; at: number }>();
  return async (connection, uploads) => {
    const { api } = await openShop(connection.id, 'background');
    const results: [string, Awaited<ReturnType<typeof upload>>][] = [];
    for (const one of uploads) results.push([keyOfUpload(one), await upload(one)]);
    return new Map(results);

    async function upload(one: PlannedUpload) {
      const name = `${connection.authorizationId} ${keyOfUpload(one)}`;
      const known = kept.get(name);
      if (known && performance.now() - known.at < KEPT_MS) return { uri: known.uri };
      try {
        const door = (opened ??= createPublicDoor({ plainHttp: true, ...settings }));
        const { status, body } = await door.send({ url: one.url, method: 'GET', redirects: MOST_REDIRECTS });
        if (status !== 200) return refused(one, `its server answers ${status}`, null);
        const { uri } = await api.uploadImage({ name: 'image', bytes: body }, one.useCase);
        if (kept.size >= MOST_KEPT) kept.clear();
        kept.set(name, { uri, at: performance.now() });
        return { uri };
      } catch (error) {
        if (error instanceof RefusedAddressError) return refused(one, error.message, null);
        if (error instanceof TikTokError && error.reaction === 'refused')
          return refused(one, error.message, error.tiktokCode);
        if (error instanceof AppError && error.retry !== 'later') throw error;
        return { later: { reason: (error as AppError | NoAnswerError).message, afterMs: MINUTE_MS } };
      }
    }
  };
}

const COLUMNS = { MAIN_IMAGE: 'Image 1', ATTRIBUTE_IMAGE: 'Variant Image', SIZE_CHART_IMAGE: 'Size Chart' };

function refused({ url, useCase }: PlannedUpload, problem: string, code: string | null) {
  return {
    refused: {
      level: 'error' as const,
      rule: 'image-refused',
      field: COLUMNS[useCase],
      row: null,
      sku: null,
      value: url.slice(0, 200),
      message: `cannot be used: ${problem}`,
      code,
      nearest: null,
      next: 'Put another picture there and send the feed again',
    },
  };
}
