import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ActiveConnection } from '../../connections/connection.js';
import type { OpenShop } from '../../connections/open-shop.js';
import { AppError } from '../../kernel/errors.js';
import type { Lane } from '../../kernel/lane.js';
import { MINUTE_MS } from '../../kernel/time.js';
import type { Database } from '../../store/database.js';
import { TikTokError } from '../../tiktok/tiktok-errors.js';
import type { ProductFinding } from '../checks/product-finding.js';
import type { PlannedUpload } from '../plan/push-plan-types.js';
import { accountOf, maxAgeOf } from './media-account.js';
import { judgeMedia, type MediaRefusal, type MediaUse } from './judge-media.js';
import { obtainMedia, type Obtained } from './obtain-media.js';
import type { MediaFetcher } from './media-fetcher.js';
import { refusalFinding } from './media-findings.js';
import {
  claimSource,
  claimUpload,
  findSources,
  findUploads,
  hashOfUrl,
  releaseSource,
  settleUpload,
  type KnownSource,
  type KnownUpload,
  type MediaAccount,
} from './media-store.js';
import { readyUpload, type ReadyUpload } from './ready-upload.js';
import { sendMedia } from './send-media.js';

interface MediaDeps {
  db: Database;
  openShop: OpenShop;
  /** One for the whole process. */
  fetcher: MediaFetcher;
  lane?: Lane;
}

export type UploadOutcome =
  | ReadyUpload
  /** For good, until the address or its content changes. */
  | { refused: ProductFinding }
  /** Its server, or TikTok, cannot do it just now: asked for again after that time, nothing is lost. */
  | { later: { reason: string; afterMs: number } };

/** Key of an upload in the answer of `ensureUploads`, and among planned ones. */
export function uploadKey({ url, useCase }: PlannedUpload): string {
  return `${useCase} ${url}`;
}

/** While another process is at it. */
const LOOK_AGAIN_MS = 250;
const LONGEST_LOOK_MS = 3 * MINUTE_MS;
const LATER_MS = MINUTE_MS;

interface Work {
  deps: MediaDeps;
  connection: ActiveConnection;
  account: MediaAccount;
  maxAgeMs: number;
}

/**
 * Sees to it that TikTok has these images and documents: each address is fetched once, each content is uploaded once for each
 * use in the seller's account, however many products and processes want it. What was looked at less than `imageCheckHours` ago is
 * not asked for again. Neither a lost answer of TikTok's nor a stopped process does any harm: an upload that no product names is
 * nothing. Of the bytes nothing is kept.
 * @returns by uploadKey; one that is refused or has to wait does not hold the others up
 * @throws AppError when the shop cannot be opened
 */
export async function ensureUploads(
  deps: MediaDeps,
  connection: ActiveConnection,
  uploads: readonly PlannedUpload[],
): Promise<Map<string, UploadOutcome>> {
  const outcomes = new Map<string, UploadOutcome>();
  if (uploads.length === 0) return outcomes;
  const account = await accountOf(deps.db, connection);
  if (!account) throw new Error(`Connection ${connection.id} is active without an authorisation`);
  const work: Work = { deps, connection, account, maxAgeMs: maxAgeOf(connection) };
  const uses = new Map<string, Set<MediaUse>>();
  for (const { url, useCase } of uploads) uses.set(url, (uses.get(url) ?? new Set()).add(useCase));
  const known = await lookUp(work, [...uses.keys()]);
  await Promise.all(
    [...uses].map(async ([url, wanted]) => {
      const settled =
        settledOf(known, url, wanted) ?? (await deps.fetcher.inTurn(() => settle(work, url, wanted)));
      for (const [use, outcome] of settled) outcomes.set(uploadKey({ url, useCase: use }), outcome);
    }),
  );
  return outcomes;
}

interface Known {
  sources: ReadonlyMap<string, KnownSource>;
  uploads: ReadonlyMap<string, KnownUpload>;
}

async function lookUp({ deps, account, maxAgeMs }: Work, urls: readonly string[]): Promise<Known> {
  const { prisma } = deps.db;
  const { companyId } = account;
  const sources = await findSources(prisma, { companyId, urlHashes: urls.map(hashOfUrl), maxAgeMs });
  const contentHashes = [...sources.values()].flatMap(({ contentHash }) => contentHash ?? []);
  return { sources, uploads: await findUploads(prisma, account, { contentHashes, maxAgeMs }) };
}

type Settled = Map<MediaUse, UploadOutcome>;

/** Everything wanted of an address, when it is known and young enough; else null. */
function settledOf({ sources, uploads }: Known, url: string, uses: ReadonlySet<MediaUse>): Settled | null {
  const source = sources.get(hashOfUrl(url));
  if (!source?.isFresh) return null;
  const settled: Settled = new Map();
  for (const use of uses) {
    const { contentHash, refusal } = source;
    const upload = contentHash === null ? undefined : uploads.get(`${use} ${contentHash}`);
    const isRefused = upload ? upload.uri === null : refusal !== null;
    if (isRefused && !source.isYoung) return null;
    if (upload) settled.set(use, outcomeOf(upload, url, refusal?.message ?? null));
    else if (refusal) settled.set(use, { refused: refusalFinding(refusal, { url, useCase: use }) });
    else return null;
  }
  return settled;
}

/** Fetches and uploads, unless another process is at it: then what comes of that is waited for. */
async function settle(work: Work, url: string, uses: ReadonlySet<MediaUse>): Promise<Settled> {
  const { prisma } = work.deps.db;
  const { companyId } = work.account;
  const urlHash = hashOfUrl(url);
  const until = performance.now() + LONGEST_LOOK_MS;
  for (;;) {
    const known = await lookUp(work, [url]);
    const settled = settledOf(known, url, uses);
    if (settled) return settled;
    if (await claimSource(prisma, companyId, urlHash)) {
      try {
        return await fetchAndSend(work, { url, uses, known });
      } finally {
        await releaseSource(prisma, companyId, urlHash);
      }
    }
    if (performance.now() > until) return allLater(uses, 'another process is still at it', LATER_MS);
    await sleep(LOOK_AGAIN_MS);
  }
}

async function fetchAndSend(
  work: Work,
  { url, uses, known }: { url: string; uses: ReadonlySet<MediaUse>; known: Known },
): Promise<Settled> {
  const source = known.sources.get(hashOfUrl(url)) ?? null;
  const before = source?.contentHash ?? null;
  const isKnown = (use: MediaUse): boolean => before !== null && known.uploads.has(`${use} ${before}`);
  const mayStay = [...uses].every(isKnown);
  const { deps, account } = work;
  const obtained = await obtainMedia({ ...deps, companyId: account.companyId }, url, { source, mayStay });
  if (obtained.kind === 'content') return sendAll(work, { url, uses, obtained });
  const settled: Settled = new Map();
  for (const use of uses) {
    const upload = before === null ? undefined : known.uploads.get(`${use} ${before}`);
    const reason = reasonOf(obtained);
    // What TikTok has of it stays; the reason is told beside it.
    if (upload) settled.set(use, outcomeOf(upload, url, reason));
    else if (obtained.kind === 'refused')
      settled.set(use, { refused: refusalFinding(obtained.refusal, { url, useCase: use }) });
    else settled.set(use, { later: { reason: reason ?? '', afterMs: waitOf(obtained) } });
  }
  return settled;
}

function reasonOf(obtained: Exclude<Obtained, { kind: 'content' }>): string | null {
  if (obtained.kind === 'same') return null;
  return obtained.kind === 'refused' ? obtained.refusal.message : obtained.reason;
}

function waitOf(obtained: Obtained): number {
  return obtained.kind === 'later' ? obtained.afterMs : LATER_MS;
}

/** One content for all its uses, one after the other: they share the bytes. */
async function sendAll(
  work: Work,
  {
    url,
    uses,
    obtained,
  }: {
    url: string;
    uses: ReadonlySet<MediaUse>;
    obtained: Extract<Obtained, { kind: 'content' }>;
  },
): Promise<Settled> {
  const contentHash = createHash('sha256').update(obtained.bytes).digest('hex');
  const settled: Settled = new Map();
  for (const use of uses)
    settled.set(use, await sendOnce(work, { url, use, contentHash, bytes: obtained.bytes }));
  return settled;
}

interface Sending {
  url: string;
  use: MediaUse;
  contentHash: string;
  bytes: Buffer;
}

async function sendOnce(work: Work, sending: Sending): Promise<UploadOutcome> {
  const { deps, account, maxAgeMs } = work;
  const { prisma } = deps.db;
  const { url, use, contentHash } = sending;
  const until = performance.now() + LONGEST_LOOK_MS;
  for (;;) {
    const uploads = await findUploads(prisma, account, { contentHashes: [contentHash], maxAgeMs });
    const known = uploads.get(`${use} ${contentHash}`);
    if (known) return outcomeOf(known, url, null);
    if (await claimUpload(prisma, account, { contentHash, use, maxAgeMs })) return send(work, sending);
    if (performance.now() > until)
      return { later: { reason: 'another process is still at it', afterMs: LATER_MS } };
    await sleep(LOOK_AGAIN_MS);
  }
}

async function send(work: Work, { url, use, contentHash, bytes }: Sending): Promise<UploadOutcome> {
  const { deps, connection, account } = work;
  const settleAs = (outcome: Parameters<typeof settleUpload>[3]): Promise<void> =>
    settleUpload(deps.db.prisma, account, { contentHash, use }, outcome);
  const refuse = async (refusal: MediaRefusal): Promise<UploadOutcome> => {
    await settleAs({ refusal });
    return { refused: refusalFinding(refusal, { url, useCase: use }) };
  };
  const { media, refusal } = judgeMedia(bytes, use);
  if (refusal) return refuse(refusal);
  try {
    const { api } = await deps.openShop(connection.id, deps.lane ?? 'background');
    const sent = await sendMedia(api, { bytes, format: media.format, contentHash }, use);
    const { uri, ...answer } = sent;
    await settleAs({ uri, answer });
    return { ...sent, contentHash, stale: null };
  } catch (error) {
    if (error instanceof TikTokError && error.reaction === 'refused')
      return refuse({ message: error.message, code: error.tiktokCode, nearest: null, next: error.next });
    await settleAs(null);
    if (error instanceof AppError && error.retry === 'later')
      return { later: { reason: error.message, afterMs: error.retryAfterMs ?? LATER_MS } };
    throw error;
  }
}

function outcomeOf(known: KnownUpload, url: string, stale: string | null): UploadOutcome {
  const { refusal, use: useCase } = known;
  return (
    readyUpload(known, stale) ?? { refused: refusalFinding(refusal ?? UNKNOWN_REFUSAL, { url, useCase }) }
  );
}

const UNKNOWN_REFUSAL: MediaRefusal = {
  message: 'was refused',
  code: null,
  nearest: null,
  next: 'Put another file there',
};

function allLater(uses: ReadonlySet<MediaUse>, reason: string, afterMs: number): Settled {
  return new Map([...uses].map((use) => [use, { later: { reason, afterMs } }]));
}
