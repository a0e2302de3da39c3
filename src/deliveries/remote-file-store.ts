import { createHash } from 'node:crypto';
import type { Tx } from '../store/database.js';

/** A file as a server of others shows it. */
export interface RemoteFile {
  serverId: number;
  path: string;
  bytes: number;
  modifiedAt: Date;
}

/** What is known of it. */
interface KnownFile {
  /** It is as it was in an earlier run: whoever writes it has ended. */
  isSettled: boolean;
  takenAt: Date | null;
  /** Whether it was taken whole. */
  isGood: boolean | null;
}

function keyOf({ serverId, path, bytes, modifiedAt }: RemoteFile) {
  const pathHash = createHash('sha256').update(path).digest('hex');
  return { serverId, pathHash, bytes: BigInt(bytes), modifiedAt };
}

/** Its name among the files of documents: name, size and time. */
export function remoteName(file: RemoteFile): string {
  const { serverId, pathHash, bytes, modifiedAt } = keyOf(file);
  return `${serverId} ${pathHash} ${bytes} ${modifiedAt.toISOString()}`;
}

/** Notes that it is there. */
export async function seeRemoteFile(tx: Tx, file: RemoteFile, now: Date): Promise<KnownFile> {
  const key = keyOf(file);
  const where = { serverId_pathHash_bytes_modifiedAt: key };
  const known = await tx.remoteFile.findUnique({ where });
  await tx.remoteFile.upsert({ where, create: { ...key, seenAt: now }, update: { seenAt: now } });
  return {
    isSettled: known !== null,
    takenAt: known?.takenAt ?? null,
    isGood: known?.isGood ?? null,
  };
}

/** @returns whether nobody had taken it */
export async function markTaken(tx: Tx, file: RemoteFile, sha256: string, now: Date): Promise<boolean> {
  const { count } = await tx.remoteFile.updateMany({
    where: { ...keyOf(file), takenAt: null },
    data: { takenAt: now, sha256 },
  });
  return count > 0;
}

export async function markOutcome(tx: Tx, file: RemoteFile, isGood: boolean): Promise<void> {
  await tx.remoteFile.updateMany({ where: keyOf(file), data: { isGood } });
}

/** What lies on no server any more. @returns how many */
export async function deleteOldRemoteFiles(tx: Tx, before: Date): Promise<number> {
  const { count } = await tx.remoteFile.deleteMany({ where: { seenAt: { lt: before } } });
  return count;
}
