import type { SqlTx, Tx } from '../../store/database.js';
import { sealingKey } from '../../store/key-ring.js';
import type { SealedColumn } from '../../store/sealed-columns.js';
import type { Sealer } from '../../store/secrets.js';

/** An address that is told of changes. */
export interface Webhook {
  id: number;
  companyId: number;
  address: string;
  topic: string;
  format: string;
  state: 'on' | 'off' | 'disabled' | 'deleted';
  stateReason: string | null;
  /** Up to here each change that fits has become a message. */
  position: bigint;
  /** Rounds of calls in a row of which none was taken. */
  failures: number;
  failingSince: Date | null;
  pausedUntil: Date | null;
  createdAt: Date;
  updatedAt: Date;
}

interface SealedSecrets {
  id: number;
  secret: string | null;
  previousSecret: string | null;
  previousUntil: Date | null;
}

const TABLE = 'webhook_subscriptions';

export const sealedWebhookSecrets: readonly SealedColumn[] = [
  { table: TABLE, column: 'secret', row: 'id' },
  { table: TABLE, column: 'previous_secret', row: 'id' },
];

export async function listWebhooks(tx: Tx, companyId: number): Promise<Webhook[]> {
  const rows = await tx.webhookSubscription.findMany({
    where: { companyId, state: { not: 'deleted' } },
    orderBy: { id: 'asc' },
    omit: { secret: true, previousSecret: true },
  });
  return rows as Webhook[];
}

/** Null when the company has no such webhook. @param which without `companyId`: of whichever company it is */
export async function findWebhook(
  tx: Tx,
  which: { id: number; companyId?: number },
): Promise<Webhook | null> {
  const row = await tx.webhookSubscription.findFirst({
    where: { ...which, state: { not: 'deleted' } },
    omit: { secret: true, previousSecret: true },
  });
  return row as Webhook | null;
}

/** The same, locked until the transaction ends. */
export async function lockWebhook(tx: Tx, which: { id: number; companyId: number }): Promise<Webhook | null> {
  await tx.$queryRaw`
    SELECT id FROM webhook_subscriptions WHERE id = ${which.id} AND company_id = ${which.companyId} FOR UPDATE`;
  return findWebhook(tx, which);
}

/** @returns its id; it has no secret yet */
export async function insertWebhook(
  tx: Tx,
  data: Pick<Webhook, 'companyId' | 'address' | 'topic' | 'format' | 'state' | 'position'> & { now: Date },
): Promise<number> {
  const { now, ...fields } = data;
  const { id } = await tx.webhookSubscription.create({
    data: { ...fields, createdAt: now, updatedAt: now },
    select: { id: true },
  });
  return id;
}

export async function updateWebhook(
  tx: Tx,
  id: number,
  change: Partial<Omit<Webhook, 'id' | 'companyId' | 'createdAt'>>,
): Promise<void> {
  await tx.webhookSubscription.update({ where: { id }, data: change });
}

/** It is gone, with what it was to be sent; its number stays taken. */
export async function deleteWebhook(tx: Tx, id: number, now: Date): Promise<void> {
  await tx.webhookMessage.deleteMany({ where: { webhookId: id } });
  await tx.webhookSubscription.update({
    where: { id },
    data: { state: 'deleted', secret: null, previousSecret: null, address: '', updatedAt: now },
  });
}

/** Gives it another secret; the one before signs as well until `previousUntil`, if there is one. */
export async function setSecret(
  { tx, sealer }: { tx: Tx; sealer: Sealer },
  id: number,
  { secret, previousUntil }: { secret: string; previousUntil: Date | null },
): Promise<void> {
  const before = await tx.webhookSubscription.findUniqueOrThrow({ where: { id } });
  const keyId = await sealingKey(tx, sealer);
  const previous =
    previousUntil === null || before.secret === null
      ? null
      : sealer.seal(sealer.open(before.secret, placeOf('secret', id)), placeOf('previous_secret', id), keyId);
  await tx.webhookSubscription.update({
    where: { id },
    data: {
      secret: sealer.seal(secret, placeOf('secret', id), keyId),
      previousSecret: previous,
      previousUntil: previous === null ? null : previousUntil,
    },
  });
}

/** In clear text, the present one first; empty when it has none any more. `previousUntil`: how long the second one signs. */
export async function openSecrets(
  { tx, sealer }: { tx: Tx; sealer: Sealer },
  id: number,
  now: Date,
): Promise<{ secrets: string[]; previousUntil: Date | null }> {
  const row: SealedSecrets = await tx.webhookSubscription.findUniqueOrThrow({
    where: { id },
    select: { id: true, secret: true, previousSecret: true, previousUntil: true },
  });
  if (row.secret === null) return { secrets: [], previousUntil: null };
  const secrets = [sealer.open(row.secret, placeOf('secret', id))];
  const isInTime = row.previousUntil !== null && row.previousUntil > now;
  if (row.previousSecret === null || !isInTime) return { secrets, previousUntil: null };
  secrets.push(sealer.open(row.previousSecret, placeOf('previous_secret', id)));
  return { secrets, previousUntil: row.previousUntil };
}

/** Takes out secrets that are replaced for good. @returns how many */
export async function dropOldSecrets(db: SqlTx, now: Date): Promise<number> {
  return db.$executeRaw`
    UPDATE webhook_subscriptions SET previous_secret = NULL, previous_until = NULL
    WHERE previous_until <= ${now}::timestamptz`;
}

/**
 * Gives up secrets that an encryption key has sealed which is lost for good: their webhooks rest until they have others.
 * @returns the webhooks
 */
export async function forgetWebhookSecrets(tx: Tx, keyId: string): Promise<number[]> {
  const reason = `The encryption key ${keyId} that sealed its secret was given up: rotate the secret, then enable it`;
  const rows = await tx.$queryRaw<{ id: number }[]>`
    UPDATE webhook_subscriptions SET secret = NULL, previous_secret = NULL, previous_until = NULL,
      state = CASE WHEN state = 'on' THEN 'disabled' ELSE state END, state_reason = ${reason}
    WHERE split_part(secret, '.', 2) = ${keyId} OR split_part(previous_secret, '.', 2) = ${keyId} RETURNING id`;
  return rows.map(({ id }) => id);
}

function placeOf(column: 'secret' | 'previous_secret', row: number) {
  return { table: TABLE, row, column };
}
