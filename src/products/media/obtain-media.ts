import { createHash } from 'node:crypto';
import { HOUR_MS, MINUTE_MS } from '../../kernel/time.js';
import type { Database } from '../../store/database.js';
import type { MediaRefusal } from './judge-media.js';
import { readMediaFile } from './media-file-store.js';
import { isMediaName } from './media-name.js';
import { hostOf, type MediaFetcher } from './media-fetcher.js';
import {
  hashOfUrl,
  hostWaitMs,
  noteAnswer,
  noteFailure,
  pauseHost,
  type KnownSource,
} from './media-store.js';

/** `same`: what it held before is still what it holds. */
export type Obtained =
  | { kind: 'content'; bytes: Buffer }
  | { kind: 'same' }
  | { kind: 'refused'; refusal: MediaRefusal }
  | { kind: 'later'; reason: string; afterMs: number };

interface ObtainDeps {
  db: Database;
  fetcher: MediaFetcher;
  companyId: number;
}

/** A server that says "later" without saying when. */
const HOST_PAUSE_MS = MINUTE_MS;
const FIRST_RETRY_MS = MINUTE_MS;
const LONGEST_RETRY_MS = HOUR_MS;
/** An address that never answers is a fault of the feed, and shown as one. */
const FAILURES_OF_A_FAULT = 5;

/**
 * The content of an address or of a file that was handed over, and what its answer says is noted.
 * @param mayStay TikTok has all that is wanted of what the address held before: unchanged, it is not sent again
 */
export async function obtainMedia(
  deps: ObtainDeps,
  url: string,
  { source, mayStay }: { source: KnownSource | null; mayStay: boolean },
): Promise<Obtained> {
  const { db, fetcher, companyId } = deps;
  const of = { companyId, urlHash: hashOfUrl(url) };
  if (isMediaName(url)) return obtainFile(deps, url);
  if (source && source.waitMs > 0) return gaveUp(source) ?? later('its server did not answer', source.waitMs);
  const host = hostOf(url);
  const pausedMs = await hostWaitMs(db.prisma, companyId, host);
  if (pausedMs > 0) return later(`${host} has asked to be left alone for a while`, pausedMs);
  const validators = source && mayStay ? source : null;
  const fetched = await fetcher.get(url, validators);
  switch (fetched.kind) {
    case 'content': {
      const { bytes, etag, modified } = fetched;
      const hash = createHash('sha256').update(bytes).digest('hex');
      await noteAnswer(db.prisma, of, { content: { hash, etag, modified }, refusal: null });
      return { kind: 'content', bytes };
    }
    case 'same':
      if (validators === null)
        return refuse('answers 304 to a question without conditions', 'Correct the server');
      await noteAnswer(db.prisma, of, { content: null, refusal: null });
      return fetched;
    case 'refused':
      await noteAnswer(db.prisma, of, { content: null, refusal: fetched.refusal });
      return fetched;
    default: {
      const failures = source?.failures ?? 0;
      const ownMs = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** failures);
      const afterMs = fetched.afterMs ?? (fetched.pausesHost ? HOST_PAUSE_MS : ownMs);
      if (fetched.pausesHost) await pauseHost(db.prisma, companyId, host, afterMs);
      else await noteFailure(db.prisma, of, afterMs);
      return (
        (source && !fetched.pausesHost && gaveUp({ ...source, failures: failures + 1 })) ||
        later(fetched.reason, afterMs)
      );
    }
  }
}

function gaveUp({ failures }: Pick<KnownSource, 'failures'>): Obtained | null {
  if (failures < FAILURES_OF_A_FAULT) return null;
  return refuse(
    `did not answer ${failures} times in a row`,
    'Make the file available; it is tried again every hour while it is wanted',
  );
}

async function obtainFile({ db, companyId }: ObtainDeps, name: string): Promise<Obtained> {
  const of = { companyId, urlHash: hashOfUrl(name) };
  const file = await readMediaFile(db, companyId, name);
  if (!file) {
    const refusal: MediaRefusal = {
      message: 'is the name of no file that is here (any more)',
      code: null,
      nearest: null,
      next: 'Hand the file over again, and write the name that the answer says',
    };
    await noteAnswer(db.prisma, of, { content: null, refusal });
    return { kind: 'refused', refusal };
  }
  const content = { hash: file.contentHash, etag: null, modified: null };
  await noteAnswer(db.prisma, of, { content, refusal: null });
  return { kind: 'content', bytes: file.bytes };
}

function later(reason: string, afterMs: number): Obtained {
  return { kind: 'later', reason, afterMs };
}

function refuse(message: string, next: string): Obtained {
  return { kind: 'refused', refusal: { message, code: null, nearest: null, next } };
}
