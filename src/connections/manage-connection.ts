import { audit } from '../audit/audit.js';
import type { AuditAction } from '../audit/audit-actions.js';
import { actorWords, type Actor } from '../companies/actor.js';
import { allow } from '../companies/permissions.js';
import { checkVersion, clashesOf } from '../companies/settings-standing.js';
import { recordEvents } from '../documents/document-store.js';
import type { EventTypeName } from '../documents/event-types.js';
import type { Prisma, Tx } from '../store/database.js';
import { environmentOf } from '../tiktok/hosts.js';
import { refuseDeactivated, statusAfterPause } from './company-standing.js';
import type { Connection } from './connection.js';
import { insertConnection, lockConnection, updateConnection } from './connection-store.js';
import type { ConnectionChange, ConnectionsDeps } from './connections-deps.js';
import { refusal } from './refusal.js';
import { forgetUnused } from './seller-consent.js';
import { hostsOf, type TikTokAccess } from './tiktok-access.js';
import { checkSettings, readSettings, settingsCatalogue, type ConnectionSettings } from './settings.js';
import type { Environment } from '../domain/shop.js';

type ManageDeps = Pick<ConnectionsDeps, 'db' | 'clock' | 'tiktok' | 'ensureFlows'>;

const NAME_LENGTH = 100;

/** What the field Base URL can be set to here, with the environment that it means. */
export function baseUrlChoices(tiktok: TikTokAccess): { environment: Environment; baseUrl: string }[] {
  const environments = Object.keys(tiktok.apps) as Environment[];
  return environments.map((environment) => ({ environment, baseUrl: hostsOf(tiktok, environment).api }));
}

/** A draft: it has no seller and no shop yet. @throws AppError invalid-request for a bad name or Base URL */
export async function createConnection(
  deps: ManageDeps,
  wanted: { by: Actor; companyId: number; name: string; baseUrl: string; isUs: boolean },
): Promise<Connection> {
  const { companyId, isUs, by } = wanted;
  const name = checkName(wanted.name);
  allow(by, 'operate', companyId);
  const environment = readBaseUrl(deps, wanted.baseUrl);
  return deps.db.transaction(async (tx) => {
    await refuseDeactivated(tx, companyId);
    const now = deps.clock.now();
    const connection = await insertConnection(tx, { companyId, name, environment, isUs, now });
    await record(tx, { by }, connection, 'connection-changed', `${name} was created; it has no shop yet.`);
    await trail(tx, { by }, connection, 'connection.created', { after: { name, environment, isUs } });
    return connection;
  });
}

/**
 * Sets the fields Base URL and Is US?. Another Base URL needs another consent, so a connection that has a shop keeps its.
 * @throws AppError invalid-request for a Base URL that is not allowed, rule-violated when the connection has a shop
 */
export async function changeServer(
  deps: ManageDeps,
  which: ConnectionChange & { baseUrl: string; isUs: boolean },
): Promise<Connection> {
  const environment = readBaseUrl(deps, which.baseUrl);
  return deps.db.transaction(async (tx) => {
    const connection = await lockOpen(tx, which);
    const moved = environment !== connection.environment;
    if (moved && connection.shopId !== null) {
      throw refusal(
        'rule-violated',
        `This connection has the shop ${connection.shopName ?? connection.shopId} on ${connection.environment}.`,
        'Create a new connection for the other Base URL.',
      );
    }
    if (moved || which.isUs !== connection.isUs) {
      const summary = `${connection.name} is for ${environment}${which.isUs ? ', a shop in the US' : ''} from now on.`;
      await record(tx, which, connection, 'connection-changed', summary);
      await trail(tx, which, connection, 'connection.changed', {
        before: { environment: connection.environment, isUs: connection.isUs },
        after: { environment, isUs: which.isUs },
      });
    }
    return updateConnection(tx, connection.id, {
      environment,
      isUs: which.isUs,
      ...(moved ? { authorizationId: null } : {}),
    });
  });
}

/** @throws AppError invalid-request */
export async function renameConnection(
  deps: ManageDeps,
  which: ConnectionChange & { name: string },
): Promise<Connection> {
  const name = checkName(which.name);
  return deps.db.transaction(async (tx) => {
    const connection = await lockOpen(tx, which);
    if (name !== connection.name) {
      const summary = `${connection.name} is called ${name} from now on.`;
      await record(tx, which, connection, 'connection-changed', summary);
      const values = { before: { name: connection.name }, after: { name } };
      await trail(tx, which, connection, 'connection.renamed', values);
    }
    return updateConnection(tx, connection.id, { name });
  });
}

/**
 * Stores what differs from the catalogue's defaults.
 * @param which.version that the caller has read; left out: it writes over whatever there is
 * @throws AppError invalid-request naming every bad value; conflict with both values of what was changed meanwhile
 */
export async function changeSettings(
  deps: Pick<ManageDeps, 'db' | 'clock'>,
  which: ConnectionChange & { settings: Record<string, unknown>; version?: number | undefined },
): Promise<Connection> {
  const wanted = checkSettings(which.settings);
  return deps.db.transaction(async (tx) => {
    const connection = await lockOpen(tx, which);
    allow(which.by, 'settings', connection.companyId);
    const clashes = clashesOf(wanted, { ...connection.settings });
    checkVersion(which.version, connection.settingsStanding, clashes);
    if (clashes.length === 0) return connection;
    const settings = differences({ ...connection.settings, ...wanted });
    const names = clashes.map(({ key }) => key).join(', ');
    const summary = `Settings of ${connection.name} were changed: ${names}.`;
    await record(tx, which, connection, 'connection-changed', summary);
    await trail(tx, which, connection, 'settings.changed', {
      before: Object.fromEntries(clashes.map(({ key, present }) => [key, present])),
      after: Object.fromEntries(clashes.map(({ key, wanted: value }) => [key, value])),
    });
    return updateConnection(tx, connection.id, {
      settings,
      settingsVersion: { increment: 1 },
      settingsChangedAt: deps.clock.now(),
      settingsChangedBy: actorWords(which.by),
    });
  });
}

/** Lets the flows stand still; they lose nothing and go on from there. Safe to repeat. */
export async function pauseConnection(deps: ManageDeps, which: ConnectionChange): Promise<Connection> {
  return deps.db.transaction(async (tx) => {
    const connection = await lockOpen(tx, which);
    if (connection.status === 'paused') return connection;
    if (connection.status === 'draft') {
      throw refusal(
        'rule-violated',
        'This connection has no shop yet, so there is nothing to pause.',
        'Finish its steps.',
      );
    }
    await record(tx, which, connection, 'connection-changed', `${connection.name} was paused.`);
    await trail(tx, which, connection, 'connection.paused', {});
    return updateConnection(tx, connection.id, { status: 'paused', statusReason: 'Paused by an operator.' });
  });
}

/** Lets the flows of a paused connection run again, unless the seller has to authorise first. Safe to repeat. */
export async function resumeConnection(deps: ManageDeps, which: ConnectionChange): Promise<Connection> {
  return deps.db.transaction(async (tx) => {
    const connection = await lockOpen(tx, which);
    if (connection.status !== 'paused') return connection;
    await refuseDeactivated(tx, connection.companyId);
    await record(tx, which, connection, 'connection-changed', `${connection.name} was resumed.`);
    await trail(tx, which, connection, 'connection.resumed', {});
    const resumed = await updateConnection(tx, connection.id, await statusAfterPause(tx, connection));
    // What came up meanwhile, and what waits for a time of its own, goes at once.
    if (resumed.status === 'active')
      await deps.ensureFlows(tx, { connectionId: connection.id, now: deps.clock.now() });
    return resumed;
  });
}

/**
 * Disconnects: the shop is free for another connection, documents stay. The tokens are forgotten unless another
 * connection uses them. A closed connection stays closed. Safe to repeat.
 */
export async function closeConnection(
  deps: Pick<ManageDeps, 'db' | 'clock'>,
  which: ConnectionChange,
): Promise<Connection> {
  return deps.db.transaction(async (tx) => {
    const connection = await lock(tx, which);
    if (connection.status === 'closed') return connection;
    const closed = await updateConnection(tx, connection.id, {
      status: 'closed',
      statusReason: 'Closed by an operator.',
      closedAt: deps.clock.now(),
    });
    if (connection.authorizationId !== null) {
      await forgetUnused(tx, connection.authorizationId, 'Its last connection was closed.');
    }
    await record(tx, which, connection, 'connection-closed', `${connection.name} was closed.`);
    const values = { before: { status: connection.status, shopId: connection.shopId } };
    await trail(tx, which, connection, 'connection.closed', values);
    return closed;
  });
}

async function lock(tx: Tx, which: ConnectionChange): Promise<Connection> {
  const scope = which.companyId === undefined ? {} : { companyId: which.companyId };
  const connection = await lockConnection(tx, { id: which.connectionId, ...scope });
  allow(which.by, 'operate', connection.companyId);
  return connection;
}

async function lockOpen(tx: Tx, which: ConnectionChange): Promise<Connection> {
  const connection = await lock(tx, which);
  if (connection.status !== 'closed') return connection;
  throw refusal(
    'connection-not-ready',
    'This connection is closed.',
    'Create a new connection for the shop.',
  );
}

function readBaseUrl(deps: ManageDeps, baseUrl: string): Environment {
  const verdict = environmentOf(baseUrl, deps.tiktok.hostSettings);
  if (verdict.ok) return verdict.environment;
  throw refusal('invalid-request', verdict.reason, verdict.next, { field: 'baseUrl' });
}

function checkName(name: string): string {
  const trimmed = name.trim();
  if (trimmed.length > 0 && trimmed.length <= NAME_LENGTH) return trimmed;
  const message = `A connection needs a name of 1 to ${NAME_LENGTH} characters.`;
  throw refusal('invalid-request', message, 'Give it another name.', { field: 'name' });
}

/** A default that a later version changes shall reach everybody who has not chosen a value. */
function differences(settings: ConnectionSettings): Prisma.InputJsonObject {
  const defaults = readSettings({});
  const keys = Object.keys(settingsCatalogue) as (keyof ConnectionSettings)[];
  return Object.fromEntries(
    keys
      .filter((key) => JSON.stringify(settings[key]) !== JSON.stringify(defaults[key]))
      .map((key) => [key, settings[key] as Prisma.InputJsonValue]),
  );
}

async function record(
  tx: Tx,
  { by }: Pick<ConnectionChange, 'by'>,
  { companyId, id: connectionId }: Connection,
  event: EventTypeName,
  summary: string,
): Promise<void> {
  await recordEvents(tx, by, [{ companyId, connectionId, event, summary }]);
}

async function trail(
  tx: Tx,
  { by }: Pick<ConnectionChange, 'by'>,
  { companyId, id }: Connection,
  action: AuditAction,
  values: { before?: object; after?: object },
): Promise<void> {
  const subject = `connection ${id}`;
  await audit(tx, by, [{ action, subject, companyId, connectionId: id, ...values }]);
}
