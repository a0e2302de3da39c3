import { audit } from '../audit/audit.js';
import type { AuditAction } from '../audit/audit-actions.js';
import type { Actor } from '../companies/actor.js';
import { allow } from '../companies/permissions.js';
import { AppError } from '../kernel/errors.js';
import type { Clock } from '../kernel/time.js';
import type { SftpServerBody } from '../logicbroker/remote-server-schema.js';
import type { Database, Tx } from '../store/database.js';
import type { Sealer } from '../store/secrets.js';
import { ensureFlows } from '../sync/flows/flows.js';
import { profilesOf } from './profiles.js';
import { readServer, type RemoteServer, type WantedServer } from './remote-server.js';
import {
  deleteRemoteServer,
  findRemoteServer,
  insertRemoteServer,
  listRemoteServers,
  updateRemoteServer,
} from './remote-server-store.js';
import { remoteServerFlows, remoteServerOf } from './remote-server-subject.js';

export interface RemoteServerDeps {
  db: Database;
  clock: Clock;
  sealer: Sealer;
}

interface Change {
  companyId: number;
  by: Actor;
}

const MOST_SERVERS = 20;

/** @throws AppError not-found */
export async function getRemoteServer(
  tx: Tx,
  which: { companyId: number; id: number },
): Promise<RemoteServer> {
  const found = await findRemoteServer(tx, which);
  if (!found) throw new AppError('not-found', 'There is no such SFTP server.');
  return found;
}

/** @returns its id @throws AppError invalid-document; rule-violated at the limit */
export async function createRemoteServer(
  { db, clock, sealer }: RemoteServerDeps,
  { companyId, by }: Change,
  body: SftpServerBody,
): Promise<number> {
  allow(by, 'settings', companyId);
  return db.transaction(async (tx) => {
    await tx.$queryRaw`SELECT id FROM companies WHERE id = ${companyId} FOR NO KEY UPDATE`;
    const wanted = readServer(body, await profileNames(tx, companyId));
    if ((await listRemoteServers(tx, companyId)).length >= MOST_SERVERS)
      throw new AppError('rule-violated', `You have ${MOST_SERVERS} SFTP servers, which is the most.`);
    const now = clock.now();
    const id = await insertRemoteServer({ tx, sealer }, { companyId, wanted, now });
    await ensureFlows(tx, { subject: remoteServerOf(id), now, flows: remoteServerFlows });
    await note(tx, { companyId, by, id }, 'sftp-server.created', { after: told(wanted) });
    return id;
  });
}

/** What is left out is as if it were new, but for Enabled and Password. @throws AppError not-found, invalid-document */
export async function changeRemoteServer(
  { db, clock, sealer }: RemoteServerDeps,
  { companyId, by, id }: Change & { id: number },
  body: SftpServerBody,
): Promise<void> {
  allow(by, 'settings', companyId);
  await db.transaction(async (tx) => {
    const before = await getRemoteServer(tx, { companyId, id });
    const wanted = readServer(body, await profileNames(tx, companyId));
    // What opens one server is said to no other.
    const isElsewhere = before.host !== wanted.host || before.hostKey !== wanted.hostKey;
    if (isElsewhere && before.hasPassword && wanted.password === undefined)
      throw new AppError('invalid-document', 'Another server needs its password said anew.', {
        details: [
          {
            field: 'Password',
            message: 'is required',
            next: 'Send it, or an empty one to log in with PublicKey',
          },
        ],
      });
    await updateRemoteServer({ tx, sealer }, id, wanted);
    await ensureFlows(tx, { subject: remoteServerOf(id), now: clock.now(), flows: remoteServerFlows });
    await note(tx, { companyId, by, id }, 'sftp-server.changed', {
      before: told(before),
      after: told(wanted),
    });
  });
}

/** @throws AppError not-found */
export async function removeRemoteServer(
  { db }: RemoteServerDeps,
  { companyId, by, id }: Change & { id: number },
): Promise<void> {
  allow(by, 'settings', companyId);
  await db.transaction(async (tx) => {
    const before = await getRemoteServer(tx, { companyId, id });
    await deleteRemoteServer(tx, id);
    await note(tx, { companyId, by, id }, 'sftp-server.removed', { before: told(before) });
  });
}

async function profileNames(tx: Tx, companyId: number): Promise<string[]> {
  const profiles = await profilesOf(tx, companyId);
  return profiles.flatMap(({ profile: { name, channel } }) => (channel === 'sftp-client' ? [name] : []));
}

async function note(
  tx: Tx,
  { companyId, by, id }: Change & { id: number },
  action: AuditAction & `sftp-server.${string}`,
  values: { before?: object; after?: object },
): Promise<void> {
  await audit(tx, by, [{ action, subject: `SFTP server ${id}`, companyId, ...values }]);
}

/** Without the password, and without the name of the account. */
function told({ name, host, port, hostKey, takes, puts }: WantedServer | RemoteServer): object {
  return { name, host, port, hostKey, takes, puts };
}
