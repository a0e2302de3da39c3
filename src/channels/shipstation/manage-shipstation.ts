import { audit } from '../../audit/audit.js';
import { actorWords, type Actor } from '../../companies/actor.js';
import { allow } from '../../companies/permissions.js';
import type { Connection } from '../../connections/connection.js';
import { lockConnection } from '../../connections/connection-store.js';
import {
  deleteChannelLogIn,
  findChannelLogIn,
  setChannelPassword,
  type ChannelLogIn,
} from '../../deliveries/channel-log-in-store.js';
import { countOffers } from '../../deliveries/channel-offer-store.js';
import { recordEvents } from '../../documents/document-store.js';
import { AppError } from '../../kernel/errors.js';
import type { Clock } from '../../kernel/time.js';
import type { Database } from '../../store/database.js';
import { CHANNEL } from './shipstation-actor.js';

export interface ManageDeps {
  db: Database;
  clock: Clock;
}

/** How a shop stands with ShipStation. */
export interface ShipStationStanding {
  /** Null: it is off. */
  logIn: ChannelLogIn | null;
  /** Orders that are left out now, and such of which a notice was refused last. */
  leftOut: number;
  refused: number;
}

export async function shipStationStanding(
  { db }: Pick<ManageDeps, 'db'>,
  { id: connectionId }: Connection,
): Promise<ShipStationStanding> {
  const which = { connectionId, channel: CHANNEL };
  const logIn = await findChannelLogIn(db.prisma, which);
  return { logIn, ...(await countOffers(db.prisma, which)) };
}

/**
 * Lets ShipStation in, or gives it another password. The one before works until the grace is over.
 * @returns the password in clear text, which is stored nowhere: show it once
 * @throws AppError connection-not-ready for a closed connection
 */
export async function setShipStationPassword(
  { db, clock }: ManageDeps,
  connection: Connection,
  { by, graceMs }: { by: Actor; graceMs: number },
): Promise<{ login: string; password: string; previousUntil: Date | null }> {
  const { id: connectionId, companyId, partnerId, name } = connection;
  allow(by, 'settings', companyId);
  return db.transaction(async (tx) => {
    const { status } = await lockConnection(tx, { id: connectionId, companyId });
    if (status === 'closed')
      throw new AppError('connection-not-ready', 'This connection is closed.', {
        details: [{ message: 'it has no orders any more', next: 'Connect the shop again.' }],
      });
    const now = clock.now();
    const which = { connectionId, channel: CHANNEL };
    const before = await findChannelLogIn(tx, which);
    const login = `shop-${partnerId}`;
    const password = await setChannelPassword(tx, {
      ...which,
      login,
      now,
      createdBy: actorWords(by),
      graceEndsAt: new Date(now.getTime() + graceMs),
    });
    const made = await findChannelLogIn(tx, which);
    const summary = before
      ? `ShipStation has another password for ${name}.`
      : `ShipStation may fetch the orders of ${name}.`;
    await recordEvents(tx, by, [{ companyId, connectionId, event: 'channel-changed', summary }]);
    const after = { login, oldPasswordWorksUntil: made?.previousUntil ?? null };
    await audit(tx, by, [
      { action: 'channel.password-set', subject: subjectOf(connection), companyId, after },
    ]);
    return { login, password, previousUntil: made?.previousUntil ?? null };
  });
}

/** Keeps ShipStation out from now on. Safe to repeat. */
export async function removeShipStation(
  { db }: ManageDeps,
  connection: Connection,
  { by }: { by: Actor },
): Promise<void> {
  const { id: connectionId, companyId, name } = connection;
  allow(by, 'settings', companyId);
  await db.transaction(async (tx) => {
    await lockConnection(tx, { id: connectionId, companyId });
    const before = await findChannelLogIn(tx, { connectionId, channel: CHANNEL });
    if (!before) return;
    await deleteChannelLogIn(tx, { connectionId, channel: CHANNEL });
    const summary = `ShipStation may not fetch the orders of ${name} any more.`;
    await recordEvents(tx, by, [{ companyId, connectionId, event: 'channel-changed', summary }]);
    const values = { before: { login: before.login } };
    await audit(tx, by, [
      { action: 'channel.removed', subject: subjectOf(connection), companyId, ...values },
    ]);
  });
}

function subjectOf({ id }: Connection): string {
  return `ShipStation of connection ${id}`;
}
