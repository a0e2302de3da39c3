import type { Actor } from '../companies/actor.js';
import {
  createApiKey,
  revokeApiKey,
  rotateApiKey,
  type ApiKey,
  type KeySlot,
} from '../companies/api-key-store.js';
import {
  createCompany,
  findCompany,
  setPickupStatus,
  setRetentionDays,
  type Company,
} from '../companies/company-store.js';
import { recordEvents } from '../documents/document-store.js';
import { AppError } from '../kernel/errors.js';
import type { Database, Tx } from '../store/database.js';
import type { Clock } from '../kernel/time.js';

interface CompanyDeps {
  db: Database;
  clock: Clock;
}

/** @throws AppError invalid-request for a bad name */
export async function addCompany(
  { db }: Pick<CompanyDeps, 'db'>,
  { name, by }: { name: string; by: Actor },
): Promise<Company> {
  return db.transaction(async (tx) => {
    const company = await createCompany(tx, { name });
    const summary = `The company ${company.name} was created.`;
    await recordEvents(tx, by, [{ companyId: company.id, event: 'company-created', summary }]);
    return company;
  });
}

/** @throws AppError as `setPickupStatus` */
export async function changePickupStatus(
  { db }: Pick<CompanyDeps, 'db'>,
  { companyId, status, by }: { companyId: number; status: number; by: Actor },
): Promise<void> {
  await db.transaction(async (tx) => {
    await setPickupStatus(tx, { id: companyId, status });
    const summary = `New orders wait for the ERP at status ${status} from now on.`;
    await recordEvents(tx, by, [{ companyId, event: 'company-changed', summary }]);
  });
}

/** @throws AppError as `setRetentionDays` */
export async function changeRetentionDays(
  { db }: Pick<CompanyDeps, 'db'>,
  { companyId, days, by }: { companyId: number; days: number; by: Actor },
): Promise<void> {
  await db.transaction(async (tx) => {
    await setRetentionDays(tx, { id: companyId, days });
    const summary = `What is known of buyers is removed ${days} days after the end of their orders from now on.`;
    await recordEvents(tx, by, [{ companyId, event: 'company-changed', summary }]);
  });
}

/**
 * Makes an API key for one of the company's two slots.
 * @param wanted.replace revoke the one that is in the slot
 * @returns the key in clear text, which is stored nowhere: show it once
 * @throws AppError not-found; conflict when the slot has a live key that is not to be replaced
 */
export async function issueKey(
  { db, clock }: CompanyDeps,
  wanted: { companyId: number; slot: KeySlot; replace: boolean; expiresAt?: Date | null; by: Actor },
): Promise<{ apiKey: ApiKey; key: string }> {
  const { companyId, slot, replace, expiresAt = null, by } = wanted;
  return db.transaction(async (tx) => {
    if (!(await findCompany(tx, companyId))) {
      throw new AppError('not-found', `There is no company ${companyId}.`);
    }
    const asked = { companyId, slot, now: clock.now(), expiresAt };
    const issued = await (replace ? rotateApiKey(tx, asked) : createApiKey(tx, asked));
    await recordKey(tx, { companyId, by }, `The ${slot} API key is ${issued.apiKey.id} from now on.`);
    return issued;
  });
}

/** Ends the key in a slot. Safe to repeat. */
export async function endKey(
  { db, clock }: CompanyDeps,
  { companyId, slot, by }: { companyId: number; slot: KeySlot; by: Actor },
): Promise<void> {
  await db.transaction(async (tx) => {
    if (!(await revokeApiKey(tx, { companyId, slot, now: clock.now() }))) return;
    await recordKey(tx, { companyId, by }, `The ${slot} API key was revoked.`);
  });
}

/** Names keys by their ids, which are no keys. */
async function recordKey(
  tx: Tx,
  { companyId, by }: { companyId: number; by: Actor },
  summary: string,
): Promise<void> {
  await recordEvents(tx, by, [{ companyId, event: 'api-key-changed', summary }]);
}
