import type { Connection } from '../../connections/connection.js';
import type { Database } from '../../store/database.js';
import type { PlannedUpload } from '../plan/push-plan-types.js';
import { accountOf, maxAgeOf } from './media-account.js';
import type { MediaRefusal } from './judge-media.js';
import { findSources, findUploads, hashOfUrl, type KnownUpload } from './media-store.js';
import { readyUpload, type ReadyUpload } from './ready-upload.js';

type Use = PlannedUpload['useCase'];

/** What is known of images and documents without asking anybody. */
export interface KnownMedia {
  /** What TikTok has of it; null where it is to be looked at, or uploaded. */
  readyOf: (url: string, use: Use) => ReadyUpload | null;
  uriOf: (url: string, use: Use) => string | null;
  /** Why it is no use, found out a short while ago. */
  refusalOf: (url: string, use: Use) => MediaRefusal | null;
  /** SHA-256 in hex of what the address held when it was fetched last. */
  hashOf: (url: string) => string | null;
}

/**
 * @param evenOld what is older than `imageCheckHours` counts as well: for people who look, not for what is sent
 */
export async function knownMedia(
  db: Database,
  connection: Connection,
  urls: readonly string[],
  { evenOld = false }: { evenOld?: boolean } = {},
): Promise<KnownMedia> {
  const { companyId } = connection;
  const maxAgeMs = maxAgeOf(connection);
  const hashes = new Map([...new Set(urls)].map((url) => [url, hashOfUrl(url)]));
  const sources =
    hashes.size === 0
      ? new Map()
      : await findSources(db.prisma, { companyId, urlHashes: [...hashes.values()], maxAgeMs });
  const sourceOf = (url: string) => sources.get(hashes.get(url) ?? '');
  const account = sources.size === 0 ? null : await accountOf(db, connection);
  const contentHashes = [...sources.values()].flatMap(({ contentHash }) => contentHash ?? []);
  const uploads = account
    ? await findUploads(db.prisma, account, { contentHashes, maxAgeMs })
    : new Map<string, KnownUpload>();
  const uploadOf = (url: string, use: Use): KnownUpload | undefined =>
    uploads.get(`${use} ${sourceOf(url)?.contentHash}`);
  const readyOf = (url: string, use: Use): ReadyUpload | null => {
    const upload = uploadOf(url, use);
    const source = sourceOf(url);
    return upload && source && (source.isFresh || evenOld) ? readyUpload(upload, null) : null;
  };
  return {
    readyOf,
    uriOf: (url, use) => readyOf(url, use)?.uri ?? null,
    refusalOf(url, use) {
      const source = sourceOf(url);
      if (!source?.isYoung) return null;
      const upload = uploadOf(url, use);
      return upload ? upload.refusal : source.refusal;
    },
    hashOf: (url) => sourceOf(url)?.contentHash ?? null,
  };
}
