import type { KeyActor } from '../../companies/actor.js';
import type { Delivery } from '../../deliveries/delivery.js';
import { isWaiting, listWaiting, readContent } from '../../deliveries/delivery-store.js';
import type { ReadFileDeps } from '../../deliveries/file-verdict.js';
import { pickUp } from '../../deliveries/pick-up.js';
import { prepareDeliveries } from '../../deliveries/prepare-deliveries.js';
import { readReceived } from '../../deliveries/read-received.js';
import { readFeeds, receiveFeed } from '../../deliveries/take-feed.js';
import { insertFile } from '../../deliveries/received-file-store.js';
import { leaveError } from '../../deliveries/tell-sender.js';
import type { HandOver } from '../../documents/hand-over.js';
import type { TakeTurn } from '../../imports/import-turns.js';
import { AppError, messageOf } from '../../kernel/errors.js';
import { MINUTE_MS } from '../../kernel/time.js';
import type { Folder } from './sftp-folders.js';

export interface SftpFileDeps extends ReadFileDeps {
  handOver?: HandOver | undefined;
  /** Largest file that is taken. */
  largestBytes: number;
  /** Files are read by so many at once in this process, however many are dropped. */
  turns?: TakeTurn | undefined;
}

/** A file that can be picked up. */
export interface WaitingFile {
  name: string;
  bytes: number;
  modifiedAt: Date;
  delivery: Delivery;
}

/** The files of a folder, as they wait in this moment. */
export async function listFolder(
  deps: SftpFileDeps,
  companyId: number,
  folder: Folder,
): Promise<WaitingFile[]> {
  const isInbound = folder.is === 'inbound';
  if (!isInbound && folder.is !== 'errors') return [];
  if (isInbound) await prepareDeliveries(deps, companyId);
  const waiting = await listWaiting(deps.db.prisma, {
    companyId,
    channel: 'sftp',
    pickup: pickupOf(deps.kinds),
    formats: [isInbound ? folder.format : 'errors'],
    kinds: isInbound ? folder.kinds : ['errors'],
  });
  const own = waiting.filter(({ profile }) => isInbound || profile === folder.of);
  const seen = new Set<string>();
  return own.map((delivery) => {
    const { id, fileName, bytes, modifiedAt } = delivery;
    // Two profiles may name their files alike.
    const name = seen.has(fileName) ? `${id}_${fileName}` : fileName;
    seen.add(name);
    return { name, bytes, modifiedAt, delivery };
  });
}

/** Whether a file that was listed still waits, in that version of its document. */
export async function isStillThere(
  { db, kinds }: SftpFileDeps,
  { delivery }: Pick<WaitingFile, 'delivery'>,
): Promise<boolean> {
  return isWaiting(db.prisma, { ...delivery, pickup: pickupOf(kinds) });
}

/** Type and status at which documents wait. */
function pickupOf(kinds: SftpFileDeps['kinds']): string[] {
  return kinds.flatMap(({ type, readyStatuses }) => readyStatuses.map((code) => `${type} ${code}`));
}

export async function readFile({ db }: SftpFileDeps, { delivery }: WaitingFile): Promise<Buffer | null> {
  return readContent(db.prisma, delivery);
}

/** A client has got the last byte of a file: the seller knows its order. */
export function noteRead({ handOver }: SftpFileDeps, { delivery }: WaitingFile): void {
  const { companyId, kind, documentKey } = delivery;
  if (kind === 'order' && documentKey !== null)
    handOver?.carried({ companyId, keys: [documentKey], sentAtMs: performance.now() });
}

/** A client has removed a file, or moved it away. */
export async function removeFile(deps: SftpFileDeps, by: KeyActor, { delivery }: WaitingFile): Promise<void> {
  await pickUp(deps, { by, id: delivery.id });
}

/** Nobody waits for what becomes of a dropped file: should this process end, a worker reads it soon. */
const READ_BY_OTHERS_MS = MINUTE_MS;

/**
 * Takes a file that is whole. Once this returns it is kept; it is read beside.
 * @returns the reading, which never fails
 */
export async function dropFile(
  deps: SftpFileDeps,
  by: KeyActor,
  { folder, name, bytes }: { folder: Folder; name: string; bytes: Buffer },
): Promise<{ reading: Promise<void> }> {
  const { companyId } = by;
  if (folder.is === 'feed') return dropFeed(deps, by, { feedKind: folder.feedKind, name, bytes });
  if (folder.is !== 'outbound') throw new AppError('not-allowed', 'Files are dropped in Outbound.');
  const now = deps.clock.now();
  const id = await insertFile(deps.db.prisma, {
    companyId,
    by,
    kind: folder.contents,
    via: 'sftp',
    format: folder.format,
    name,
    bytes,
    readAt: new Date(now.getTime() + READ_BY_OTHERS_MS),
    now,
  });
  const { turns = (work) => work() } = deps;
  const reading = turns(() => readReceived(deps, id)).then(
    () => undefined,
    (error: unknown) =>
      deps.log.warn({ fileId: id, reason: messageOf(error) }, 'a dropped file was not read'),
  );
  return { reading };
}

async function dropFeed(
  deps: SftpFileDeps,
  by: KeyActor,
  { feedKind, name, bytes }: { feedKind: string; name: string; bytes: Buffer },
): Promise<{ reading: Promise<void> }> {
  const { companyId } = by;
  const ids = await receiveFeed(deps, { companyId, by, feedKind, via: 'sftp', name, bytes });
  return { reading: readAll(deps, companyId, { feedKind, name, ids }) };
}

async function readAll(
  deps: SftpFileDeps,
  companyId: number,
  { feedKind, name, ids }: { feedKind: string; name: string; ids: readonly number[] },
): Promise<void> {
  for (const { id, reason } of await readFeeds(deps, ids)) {
    const text = [`${name}: ${reason}`, `See GET Inventory/Imports/${id}/Errors.`];
    const error = { companyId, of: feedKind, fileName: `${name}.${id}.txt`, text, now: deps.clock.now() };
    await leaveError(deps.db.prisma, error).catch(() => undefined);
  }
}
