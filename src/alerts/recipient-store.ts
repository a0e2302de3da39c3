import { randomBytes } from 'node:crypto';
import { sealingKey } from '../store/key-ring.js';
import type { Tx } from '../store/database.js';
import type { SealedColumn } from '../store/sealed-columns.js';
import type { Sealer } from '../store/secrets.js';

/** Somebody who is told by mail. */
export interface Recipient {
  id: number;
  companyId: number;
  address: string;
  state: 'on' | 'off' | 'deleted';
  stateReason: string | null;
  digest: 'at-once' | 'hourly' | 'daily';
  kindsOff: string[];
  timeZone: string;
  quietFrom: number | null;
  quietTo: number | null;
  failures: number;
  nextAttemptAt: Date | null;
  lastSentAt: Date | null;
  lastOutcome: string | null;
}

/** What the links of mails are signed with. */
export const sealedLinkSecrets: readonly SealedColumn[] = [
  { table: 'alert_recipients', column: 'link_secret', row: 'id' },
];

export async function listRecipients(tx: Tx, companyId: number): Promise<Recipient[]> {
  const rows = await tx.alertRecipient.findMany({
    where: { companyId, state: { not: 'deleted' } },
    orderBy: { id: 'asc' },
    omit: { linkSecret: true },
  });
  return rows as unknown as Recipient[];
}

/** @param which without `companyId`: of whichever company it is */
export async function findRecipient(
  tx: Tx,
  which: { id: number; companyId?: number },
): Promise<Recipient | null> {
  const row = await tx.alertRecipient.findFirst({
    where: { ...which, state: { not: 'deleted' } },
    omit: { linkSecret: true },
  });
  return row as unknown as Recipient | null;
}

/** @returns its id */
export async function insertRecipient(
  { tx, sealer }: { tx: Tx; sealer: Sealer },
  data: Pick<
    Recipient,
    'companyId' | 'address' | 'state' | 'digest' | 'kindsOff' | 'timeZone' | 'quietFrom' | 'quietTo'
  > & {
    secret: string;
    now: Date;
  },
): Promise<number> {
  const { secret, now, ...fields } = data;
  const { id } = await tx.alertRecipient.create({
    data: { ...fields, createdAt: now, updatedAt: now },
    select: { id: true },
  });
  const linkSecret = sealer.seal(secret, placeOf(id), await sealingKey(tx, sealer));
  await tx.alertRecipient.update({ where: { id }, data: { linkSecret } });
  return id;
}

export async function updateRecipient(
  tx: Tx,
  id: number,
  change: Partial<Omit<Recipient, 'id' | 'companyId'>>,
): Promise<void> {
  await tx.alertRecipient.update({ where: { id }, data: { ...change } });
}

/** Its address is forgotten, and what it was still to be told. */
export async function deleteRecipient(tx: Tx, id: number): Promise<void> {
  await tx.alertNotice.deleteMany({ where: { recipientId: id } });
  await tx.alertRecipient.update({
    where: { id },
    data: { state: 'deleted', address: '', linkSecret: null },
  });
}

/** Null when there is none any more. */
export async function openLinkSecret(
  { tx, sealer }: { tx: Tx; sealer: Sealer },
  id: number,
): Promise<string | null> {
  const row = await tx.alertRecipient.findUnique({ where: { id }, select: { linkSecret: true } });
  return row?.linkSecret ? sealer.open(row.linkSecret, placeOf(id)) : null;
}

/** Makes one where there is none, such as after the key that sealed it was given up: the links of earlier mails end. */
export async function ensureLinkSecret(
  { tx, sealer }: { tx: Tx; sealer: Sealer },
  id: number,
): Promise<string | null> {
  const known = await openLinkSecret({ tx, sealer }, id);
  if (known !== null) return known;
  const fresh = sealer.seal(newLinkSecret(), placeOf(id), await sealingKey(tx, sealer));
  await tx.alertRecipient.updateMany({
    where: { id, linkSecret: null, state: { not: 'deleted' } },
    data: { linkSecret: fresh },
  });
  // Another process may have been faster.
  return openLinkSecret({ tx, sealer }, id);
}

const SECRET_BYTES = 32;

export function newLinkSecret(): string {
  return randomBytes(SECRET_BYTES).toString('base64url');
}

/** What a key that is lost for good has sealed is given up; the next mail makes another. @returns whose */
export async function forgetLinkSecrets(tx: Tx, keyId: string): Promise<number[]> {
  const rows = await tx.$queryRaw<{ id: number }[]>`
    UPDATE alert_recipients SET link_secret = NULL WHERE split_part(link_secret, '.', 2) = ${keyId} RETURNING id`;
  return rows.map(({ id }) => id);
}

function placeOf(row: number) {
  return { table: 'alert_recipients', row, column: 'link_secret' };
}
