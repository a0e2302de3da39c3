import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Tx } from '../store/database.js';
import { MINUTE_MS } from '../kernel/time.js';

/** Programs of others that come with a log-in of their own. */
export type LogInChannel = 'shipstation';

/** What may be shown of a log-in. */
export interface ChannelLogIn {
  connectionId: number;
  login: string;
  /** Until when the password before works as well; null: it does not. */
  previousUntil: Date | null;
  createdAt: Date;
  createdBy: string;
  /** When it fetched orders, and told a shipment, last; exact to a minute. */
  readAt: Date | null;
  saidAt: Date | null;
}

interface WhichLogIn {
  connectionId: number;
  channel: LogInChannel;
}

const PASSWORD_BYTES = 32;
/** Strangers must not make us hash megabytes. */
const LONGEST_PASSWORD = 200;

/**
 * Makes a password for the log-in, or another one in its place. The one before works until `graceEndsAt`.
 * @returns the password in clear text, which is stored nowhere: show it once
 */
export async function setChannelPassword(
  tx: Tx,
  wanted: WhichLogIn & { login: string; now: Date; createdBy: string; graceEndsAt: Date },
): Promise<string> {
  const { connectionId, channel, login, now, createdBy, graceEndsAt } = wanted;
  const password = randomBytes(PASSWORD_BYTES).toString('base64url');
  const before = await tx.channelLogIn.findUnique({
    where: { connectionId_channel: { connectionId, channel } },
  });
  const keeps = before !== null && graceEndsAt > now;
  const fresh = {
    login,
    passwordHash: hashOf(password),
    previousHash: keeps ? before.passwordHash : null,
    previousUntil: keeps ? graceEndsAt : null,
    createdAt: now,
    createdBy,
  };
  await tx.channelLogIn.upsert({
    where: { connectionId_channel: { connectionId, channel } },
    create: { connectionId, channel, ...fresh },
    update: fresh,
  });
  return password;
}

export async function findChannelLogIn(
  tx: Tx,
  { connectionId, channel }: WhichLogIn,
): Promise<ChannelLogIn | null> {
  return tx.channelLogIn.findUnique({
    where: { connectionId_channel: { connectionId, channel } },
    omit: { passwordHash: true, previousHash: true, channel: true },
  });
}

/** Ends the log-in with its passwords. @returns whether there was one */
export async function deleteChannelLogIn(tx: Tx, { connectionId, channel }: WhichLogIn): Promise<boolean> {
  const { count } = await tx.channelLogIn.deleteMany({ where: { connectionId, channel } });
  return count > 0;
}

/** @returns the connection that the log-in belongs to; null for a wrong name or password */
export async function checkChannelPassword(
  tx: Tx,
  { channel, login, password, now }: { channel: LogInChannel; login: string; password: string; now: Date },
): Promise<number | null> {
  if (password.length > LONGEST_PASSWORD || login.length > LONGEST_PASSWORD) return null;
  const row = await tx.channelLogIn.findUnique({ where: { channel_login: { channel, login } } });
  if (row === null) return null;
  const given = hashOf(password);
  const { previousHash, previousUntil } = row;
  const isInGrace = previousHash !== null && previousUntil !== null && previousUntil > now;
  const fits = isSame(given, row.passwordHash) || (isInGrace && isSame(given, previousHash));
  return fits ? row.connectionId : null;
}

/** Notes that it was used, once a minute. */
export async function noteChannelUse(
  tx: Tx,
  { connectionId, channel, use, now }: WhichLogIn & { use: 'read' | 'said'; now: Date },
): Promise<void> {
  const column = use === 'read' ? 'readAt' : 'saidAt';
  const before = new Date(now.getTime() - MINUTE_MS);
  await tx.channelLogIn.updateMany({
    where: { connectionId, channel, OR: [{ [column]: null }, { [column]: { lt: before } }] },
    data: { [column]: now },
  });
}

/** As API keys are kept: 256 random bits need no slow hash. */
function hashOf(password: string): string {
  return createHash('sha256').update(password).digest('hex');
}

function isSame(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}
