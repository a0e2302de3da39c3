import { audit } from '../audit/audit.js';
import type { AuditAction } from '../audit/audit-actions.js';
import { actorWords, type Actor, type KeyActor } from '../companies/actor.js';
import {
  createApiKey,
  labelApiKey,
  listApiKeys,
  revokeApiKey,
  rotateApiKey,
  type ApiKey,
  type KeySlot,
} from '../companies/api-key-store.js';
import { findCompany } from '../companies/company-store.js';
import { allow } from '../companies/permissions.js';
import { recordEvents } from '../documents/document-store.js';
import { AppError } from '../kernel/errors.js';
import type { Clock } from '../kernel/time.js';
import type { Database, Tx } from '../store/database.js';

interface KeyDeps {
  db: Database;
  clock: Clock;
}

interface NewKey {
  companyId: number;
  slot: KeySlot;
  /** The one that is in the slot goes. */
  replace: boolean;
  /** How long the replaced one works beside the new one; at once when left out. */
  graceMs?: number;
  expiresAt?: Date | null;
  /** Left out: that of the key that is replaced. */
  label?: string | null;
  by: Actor;
}

/**
 * Makes an API key for one of the company's two slots.
 * @returns the key in clear text, which is stored nowhere: show it once
 * @throws AppError not-found; conflict when the slot has a live key that is not to be replaced; invalid-request for a long label
 */
export async function issueKey(deps: KeyDeps, wanted: NewKey): Promise<{ apiKey: ApiKey; key: string }> {
  allow(wanted.by, 'keys', wanted.companyId);
  return deps.db.transaction((tx) => issue(tx, deps.clock.now(), wanted));
}

/** A key replaces itself: whoever has it gets its successor, with the powers that it had and no others. */
export async function rotateOwnKey(
  { db, clock }: KeyDeps,
  { by, graceMs }: { by: KeyActor; graceMs: number },
): Promise<{ apiKey: ApiKey; key: string; oldEndsAt: Date }> {
  const { companyId, keyId } = by;
  allow(by, 'own-key', companyId);
  return db.transaction(async (tx) => {
    const now = clock.now();
    await tx.$queryRaw`SELECT id FROM api_keys WHERE id = ${keyId} FOR UPDATE`;
    const own = (await listApiKeys(tx, companyId, now)).find(({ id }) => id === keyId);
    if (!own || own.retiredAt) {
      throw new AppError('conflict', 'This key was replaced already.', {
        details: [{ message: 'it has a successor', next: 'Use the new key' }],
      });
    }
    const { slot, label } = own;
    const issued = await issue(tx, now, { companyId, slot, label, replace: true, graceMs, by });
    const end = new Date(now.getTime() + graceMs);
    return { ...issued, oldEndsAt: own.expiresAt && own.expiresAt < end ? own.expiresAt : end };
  });
}

/** Ends the keys in a slot, or one by its id. Safe to repeat. @returns how many */
export async function endKey(
  { db, clock }: KeyDeps,
  { companyId, by, ...which }: { companyId: number; by: Actor } & ({ slot: KeySlot } | { keyId: string }),
): Promise<number> {
  allow(by, 'keys', companyId);
  return db.transaction(async (tx) => {
    const count = await revokeApiKey(tx, { companyId, now: clock.now(), ...which });
    if (count === 0) return 0;
    const what = 'slot' in which ? `The ${which.slot} API key` : `The API key ${which.keyId}`;
    await record(tx, { companyId, by }, `${what} was revoked.`);
    await trail(tx, { companyId, by }, 'key.revoked', { before: which });
    return count;
  });
}

/** @throws AppError not-found, invalid-request */
export async function renameKey(
  { db }: Pick<KeyDeps, 'db'>,
  { companyId, keyId, label, by }: { companyId: number; keyId: string; label: string; by: Actor },
): Promise<void> {
  allow(by, 'keys', companyId);
  await db.transaction(async (tx) => {
    const before = await labelApiKey(tx, { companyId, keyId, label });
    if (!before) throw new AppError('not-found', 'There is no such key.');
    const values = { before: { key: keyId, label: before.label }, after: { label } };
    await trail(tx, { companyId, by }, 'key.renamed', values);
  });
}

async function issue(tx: Tx, now: Date, wanted: NewKey): Promise<{ apiKey: ApiKey; key: string }> {
  const { companyId, slot, replace, graceMs = 0, expiresAt = null, by } = wanted;
  const company = await findCompany(tx, companyId);
  if (!company) throw new AppError('not-found', `There is no company ${companyId}.`);
  if (company.deactivatedAt)
    throw new AppError('rule-violated', `The company ${company.name} is deactivated.`);
  const present = (await listApiKeys(tx, companyId, now)).find((key) => key.slot === slot && !key.retiredAt);
  const label = wanted.label === undefined ? (present?.label ?? null) : wanted.label;
  const asked = { companyId, slot, now, expiresAt, label, createdBy: actorWords(by) };
  const issued = await (replace ? rotateApiKey(tx, { ...asked, graceMs }) : createApiKey(tx, asked));
  await record(tx, { companyId, by }, `The ${slot} API key is ${issued.apiKey.id} from now on.`);
  const replaced = replace ? present : undefined;
  await trail(tx, { companyId, by }, replaced ? 'key.replaced' : 'key.created', {
    ...(replaced && { before: { key: replaced.id } }),
    after: { slot, key: issued.apiKey.id, label, expiresAt, ...(replaced && { oldKeyWorksForMs: graceMs }) },
  });
  return issued;
}

/** Names keys by their ids, which are no keys. */
async function record(
  tx: Tx,
  { companyId, by }: { companyId: number; by: Actor },
  summary: string,
): Promise<void> {
  await recordEvents(tx, by, [{ companyId, event: 'api-key-changed', summary }]);
}

async function trail(
  tx: Tx,
  { companyId, by }: { companyId: number; by: Actor },
  action: AuditAction,
  values: { before?: object; after?: object },
): Promise<void> {
  await audit(tx, by, [{ action, subject: `API keys of company ${companyId}`, companyId, ...values }]);
}
