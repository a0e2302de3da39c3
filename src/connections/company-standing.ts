import type { Actor } from '../companies/actor.js';
import { findCompany } from '../companies/company-store.js';
import { recordEvents } from '../documents/document-store.js';
import type { Tx } from '../store/database.js';
import type { Clock } from '../kernel/time.js';
import type { ConnectionStatus } from '../domain/shop.js';
import { findAuthorization } from './authorization-store.js';
import type { Connection } from './connection.js';
import { listConnections, lockConnection, updateConnection } from './connection-store.js';
import type { ConnectionsDeps } from './connections-deps.js';
import { refusal } from './refusal.js';

interface OneCompany {
  companyId: number;
  by: Actor;
}

/** Why a connection stands still while its company is deactivated; by this it is known later. */
const REASON = 'Its company is deactivated.';

/** Connections of a deactivated company stand still. @returns their ids */
export async function standStill(tx: Tx, { companyId, by }: OneCompany): Promise<number[]> {
  const running = (await listConnections(tx, { companyId })).filter(({ status }) => status === 'active');
  for (const { id } of running) {
    const { status } = await lockConnection(tx, { id });
    if (status === 'active') await updateConnection(tx, id, { status: 'paused', statusReason: REASON });
  }
  await tell(tx, { companyId, by }, running, 'was paused with its company');
  return running.map(({ id }) => id);
}

/** What stood still for that goes on where it stopped. @returns their ids */
export async function goOn(
  tx: Tx,
  { ensureFlows, clock }: Pick<ConnectionsDeps, 'ensureFlows'> & { clock: Clock },
  { companyId, by }: OneCompany,
): Promise<number[]> {
  const waiting = (await listConnections(tx, { companyId })).filter(
    ({ status, statusReason }) => status === 'paused' && statusReason === REASON,
  );
  for (const { id } of waiting) {
    const resumed = await updateConnection(
      tx,
      id,
      await statusAfterPause(tx, await lockConnection(tx, { id })),
    );
    if (resumed.status === 'active') await ensureFlows(tx, { connectionId: id, now: clock.now() });
  }
  await tell(tx, { companyId, by }, waiting, 'was resumed with its company');
  return waiting.map(({ id }) => id);
}

/** Nothing of a deactivated company is connected or resumed. @throws AppError rule-violated */
export async function refuseDeactivated(tx: Tx, companyId: number): Promise<void> {
  const company = await findCompany(tx, companyId);
  if (!company?.deactivatedAt) return;
  throw refusal(
    'rule-violated',
    `The company ${company.name} is deactivated.`,
    'Activate the company first.',
  );
}

/** Where a paused connection goes on: with a dead authorisation the seller has to come first. */
export async function statusAfterPause(
  tx: Tx,
  connection: Connection,
): Promise<{ status: ConnectionStatus; statusReason: string | null }> {
  const authorization =
    connection.authorizationId === null ? null : await findAuthorization(tx, connection.authorizationId);
  if (authorization?.status === 'active') return { status: 'active', statusReason: null };
  return {
    status: 'needs_reauthorization',
    statusReason: authorization?.statusReason ?? 'The seller has to authorise again.',
  };
}

async function tell(
  tx: Tx,
  { companyId, by }: OneCompany,
  connections: readonly Connection[],
  what: string,
): Promise<void> {
  await recordEvents(
    tx,
    by,
    connections.map(({ id: connectionId, name }) => ({
      companyId,
      connectionId,
      event: 'connection-changed' as const,
      summary: `${name} ${what}.`,
    })),
  );
}
