import { AppError } from '../kernel/errors.js';
import type { Connection as ConnectionRow } from '../store/generated/client.js';
import type { Prisma, Tx } from '../store/database.js';
import type { ActiveConnection, Connection } from './connection.js';
import { refusal } from './refusal.js';
import { readSettings } from './settings.js';
import type { ConnectionStatus, Environment } from '../domain/shop.js';

/** `companyId` scopes the search; leave it out only where no caller from outside is involved. */
interface ConnectionKey {
  id: number;
  companyId?: number;
}

function toConnection(row: ConnectionRow): Connection {
  return {
    id: row.id,
    companyId: row.companyId,
    partnerId: row.partnerId,
    name: row.name,
    environment: row.environment as Environment,
    isUs: row.isUs,
    status: row.status as ConnectionStatus,
    statusReason: row.statusReason,
    authorizationId: row.authorizationId,
    shopId: row.shopId,
    shopName: row.shopName,
    shopRegion: row.shopRegion,
    sellerType: row.sellerType,
    shopCipher: row.shopCipher,
    settings: readSettings(row.settings),
    settingsStanding: {
      version: row.settingsVersion,
      changedAt: row.settingsChangedAt,
      changedBy: row.settingsChangedBy,
    },
  };
}

export async function findConnection(tx: Tx, key: ConnectionKey): Promise<Connection | null> {
  const row = await tx.connection.findFirst({ where: whereOf(key) });
  return row && toConnection(row);
}

/** By the company number under which the ERP knows the shop; null also for a closed one. */
export async function findConnectionByPartner(
  tx: Tx,
  { companyId, partnerId }: { companyId: number; partnerId: number },
): Promise<Connection | null> {
  const row = await tx.connection.findFirst({ where: { companyId, partnerId, status: { not: 'closed' } } });
  return row && toConnection(row);
}

/** @throws AppError not-found; another company's connection is not found either */
export async function getConnection(tx: Tx, key: ConnectionKey): Promise<Connection> {
  const connection = await findConnection(tx, key);
  if (!connection) throw noSuchConnection(key.id);
  return connection;
}

/** The same, locked until the transaction ends: whoever changes a connection's state starts here. */
export async function lockConnection(tx: Tx, key: ConnectionKey): Promise<Connection> {
  await tx.$queryRaw`SELECT id FROM connections WHERE id = ${key.id} FOR UPDATE`;
  return getConnection(tx, key);
}

/** In ascending order of id; closed ones only on request. */
export async function listConnections(
  tx: Tx,
  filter: {
    companyId?: number;
    authorizationId?: number;
    shop?: { environment: Environment; shopId: string };
    includeClosed?: boolean;
  } = {},
): Promise<Connection[]> {
  const rows = await tx.connection.findMany({
    where: {
      ...(filter.companyId === undefined ? {} : { companyId: filter.companyId }),
      ...(filter.authorizationId === undefined ? {} : { authorizationId: filter.authorizationId }),
      ...filter.shop,
      ...(filter.includeClosed ? {} : { status: { not: 'closed' } }),
    },
    orderBy: { id: 'asc' },
  });
  return rows.map((row) => toConnection(row));
}

export async function insertConnection(
  tx: Tx,
  connection: { companyId: number; name: string; environment: Environment; isUs: boolean; now: Date },
): Promise<Connection> {
  const { now, ...data } = connection;
  return toConnection(await tx.connection.create({ data: { ...data, createdAt: now, updatedAt: now } }));
}

/** Changes columns of a connection that the caller has locked. */
export async function updateConnection(
  tx: Tx,
  id: number,
  change: Prisma.ConnectionUncheckedUpdateInput,
): Promise<Connection> {
  return toConnection(await tx.connection.update({ where: { id }, data: change }));
}

/**
 * Narrows to a connection on which flows may run.
 * @throws AppError needs-reauthorization, or connection-not-ready with what is missing
 */
export function requireActive(connection: Connection): ActiveConnection {
  if (isActive(connection)) return connection;
  if (connection.status === 'needs_reauthorization') {
    throw refusal(
      'needs-reauthorization',
      connection.statusReason ?? 'TikTok no longer accepts the authorisation of this connection.',
      'Open the connection and press Connect.',
    );
  }
  const { reason, next } = whyNotActive(connection);
  throw refusal('connection-not-ready', reason, next);
}

function isActive(connection: Connection): connection is ActiveConnection {
  return (
    connection.status === 'active' &&
    connection.authorizationId !== null &&
    connection.shopId !== null &&
    connection.shopRegion !== null &&
    connection.shopCipher !== null
  );
}

function whyNotActive(connection: Connection): { reason: string; next: string } {
  const name = `Connection ${connection.id} (${connection.name})`;
  if (connection.status === 'paused') {
    return { reason: `${name} is paused.`, next: 'Resume it on its page.' };
  }
  if (connection.status === 'closed') {
    return { reason: `${name} is closed.`, next: 'Create a new connection for this shop.' };
  }
  return {
    reason: `${name} is not connected to a shop yet.`,
    next: 'Open its page and follow the steps up to Save.',
  };
}

function whereOf(key: ConnectionKey): Prisma.ConnectionWhereInput {
  return key.companyId === undefined ? { id: key.id } : { id: key.id, companyId: key.companyId };
}

function noSuchConnection(id: number): AppError {
  return new AppError('not-found', `There is no connection ${id}.`);
}
