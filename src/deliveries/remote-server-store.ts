import type { Tx } from '../store/database.js';
import { sealingKey } from '../store/key-ring.js';
import type { SealedColumn } from '../store/sealed-columns.js';
import type { Sealer } from '../store/secrets.js';
import type { RemoteServer, WantedServer } from './remote-server.js';

/** Passwords of this program on servers of others. */
export const sealedRemotePasswords: readonly SealedColumn[] = [
  { table: 'remote_servers', column: 'password', row: 'id' },
];

type Row = Omit<RemoteServer, 'hasPassword' | 'takes' | 'puts' | 'state'> & {
  password: string | null;
  takes: unknown;
  puts: unknown;
  state: string;
};

function toServer({ password, ...row }: Row): RemoteServer {
  return { ...row, hasPassword: password !== null } as RemoteServer;
}

export async function listRemoteServers(tx: Tx, companyId: number): Promise<RemoteServer[]> {
  const rows = await tx.remoteServer.findMany({
    where: { companyId, state: { not: 'deleted' } },
    orderBy: { id: 'asc' },
  });
  return rows.map(toServer);
}

/** @param which without `companyId`: of whichever company it is */
export async function findRemoteServer(
  tx: Tx,
  which: { id: number; companyId?: number },
): Promise<RemoteServer | null> {
  const row = await tx.remoteServer.findFirst({ where: { ...which, state: { not: 'deleted' } } });
  return row && toServer(row);
}

function columnsOf({ name, host, port, userName, hostKey, takes, puts }: WantedServer) {
  return { name, host, port, userName, hostKey, takes: takes as object[], puts: puts as object[] };
}

/** @returns its id */
export async function insertRemoteServer(
  { tx, sealer }: { tx: Tx; sealer: Sealer },
  { companyId, wanted, now }: { companyId: number; wanted: WantedServer; now: Date },
): Promise<number> {
  const { id } = await tx.remoteServer.create({
    data: {
      companyId,
      ...columnsOf(wanted),
      state: wanted.isEnabled === false ? 'off' : 'on',
      createdAt: now,
    },
    select: { id: true },
  });
  if (wanted.password) await setPassword({ tx, sealer }, id, wanted.password);
  return id;
}

/** What failed before is tried anew. */
export async function updateRemoteServer(
  { tx, sealer }: { tx: Tx; sealer: Sealer },
  id: number,
  wanted: WantedServer,
): Promise<void> {
  const { isEnabled, password } = wanted;
  await tx.remoteServer.update({
    where: { id },
    data: {
      ...columnsOf(wanted),
      ...(isEnabled !== undefined && { state: isEnabled ? 'on' : 'off' }),
      ...(password === '' && { password: null }),
      failingSince: null,
      lastError: null,
      toldAt: null,
    },
  });
  if (password) await setPassword({ tx, sealer }, id, password);
}

async function setPassword(
  { tx, sealer }: { tx: Tx; sealer: Sealer },
  id: number,
  password: string,
): Promise<void> {
  const sealed = sealer.seal(password, placeOf(id), await sealingKey(tx, sealer));
  await tx.remoteServer.update({ where: { id }, data: { password: sealed } });
}

/** Its password is forgotten. */
export async function deleteRemoteServer(tx: Tx, id: number): Promise<void> {
  await tx.remoteServer.update({ where: { id }, data: { state: 'deleted', password: null } });
}

/** Null: it is logged in to with our key. */
export async function openRemotePassword(
  { tx, sealer }: { tx: Tx; sealer: Sealer },
  id: number,
): Promise<string | null> {
  const row = await tx.remoteServer.findUnique({ where: { id }, select: { password: true } });
  return row?.password ? sealer.open(row.password, placeOf(id)) : null;
}

function placeOf(row: number) {
  return { table: 'remote_servers', row, column: 'password' };
}

/** How a run of it has ended. */
export async function noteRemoteRun(
  tx: Tx,
  id: number,
  outcome: { doneAt: Date } | { failingSince: Date; lastError: string; toldAt: Date | null },
): Promise<void> {
  await tx.remoteServer.updateMany({
    where: { id },
    data:
      'doneAt' in outcome
        ? { lastDoneAt: outcome.doneAt, failingSince: null, lastError: null, toldAt: null }
        : outcome,
  });
}
