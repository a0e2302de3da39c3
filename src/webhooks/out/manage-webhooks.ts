import { audit } from '../../audit/audit.js';
import type { AuditAction } from '../../audit/audit-actions.js';
import type { Actor } from '../../companies/actor.js';
import { allow } from '../../companies/permissions.js';
import { recordEvents } from '../../documents/document-store.js';
import { changesHead } from '../../documents/list-changes.js';
import { AppError, type ErrorDetail } from '../../kernel/errors.js';
import type { Clock } from '../../kernel/time.js';
import type { WebhookBody } from '../../logicbroker/webhook-schema.js';
import { RefusedAddressError } from '../../outbound/public-address.js';
import type { PublicDoor } from '../../outbound/public-door.js';
import type { Database, Tx } from '../../store/database.js';
import type { Sealer } from '../../store/secrets.js';
import { ensureFlows } from '../../sync/flows/flows.js';
import { typesOf } from '../changes/topics.js';
import { hurryMessages } from './message-store.js';
import { newWebhookSecret, secretProblem } from './webhook-secret.js';
import {
  deleteWebhook,
  findWebhook,
  insertWebhook,
  listWebhooks,
  lockWebhook,
  openSecrets,
  setSecret,
  updateWebhook,
  type Webhook,
} from './webhook-store.js';
import { webhookFlows, webhookOf } from './webhook-subject.js';

export interface WebhookDeps {
  db: Database;
  clock: Clock;
  sealer: Sealer;
  door: PublicDoor;
}

/** Who changes webhooks, and whose. */
export interface WebhookChange {
  companyId: number;
  by: Actor;
}

const MOST_WEBHOOKS = 20;
const LONGEST_ADDRESS = 2_000;
const FORMATS = ['json'];
/** All topics: an addition of ours. */
export const ALL_TOPICS = '*';

/** @throws AppError not-found */
export async function getWebhook(tx: Tx, which: { companyId: number; id: number }): Promise<Webhook> {
  return (await findWebhook(tx, which)) ?? noSuchWebhook();
}

/**
 * Tells an address of what changes from now on.
 * @returns its id
 * @throws AppError invalid-document; rule-violated at the limit
 */
export async function createWebhook(
  { db, clock, sealer, door }: WebhookDeps,
  { companyId, by }: WebhookChange,
  body: WebhookBody,
): Promise<number> {
  allow(by, 'settings', companyId);
  const { SharedSecret: secret = newWebhookSecret(), ...wanted } = readBody(door, body);
  const position = await changesHead(db);
  return db.transaction(async (tx) => {
    await tx.$queryRaw`SELECT id FROM companies WHERE id = ${companyId} FOR NO KEY UPDATE`;
    if ((await listWebhooks(tx, companyId)).length >= MOST_WEBHOOKS)
      throw new AppError('rule-violated', `You have ${MOST_WEBHOOKS} webhooks, which is the most.`);
    const now = clock.now();
    const { isEnabled = true, ...fields } = wanted;
    const state = isEnabled ? 'on' : 'off';
    const id = await insertWebhook(tx, { companyId, ...fields, state, position, now });
    await setSecret({ tx, sealer }, id, { secret, previousUntil: null });
    await ensureFlows(tx, { subject: webhookOf(id), now, flows: webhookFlows });
    await note(tx, { companyId, by, id }, 'webhook.created', { after: told({ ...fields, state }) });
    return id;
  });
}

/**
 * Changes a webhook. One that is switched on goes on where it stopped. A secret other than the present one takes its place at once.
 * @throws AppError not-found, invalid-document
 */
export async function changeWebhook(
  { db, clock, sealer, door }: WebhookDeps,
  { companyId, by, id }: WebhookChange & { id: number },
  body: WebhookBody,
): Promise<void> {
  allow(by, 'settings', companyId);
  const { SharedSecret: secret, isEnabled, ...fields } = readBody(door, body);
  await db.transaction(async (tx) => {
    const before = (await lockWebhook(tx, { companyId, id })) ?? noSuchWebhook();
    const now = clock.now();
    const state = isEnabled === undefined ? before.state : isEnabled ? 'on' : 'off';
    if (secret !== undefined) await setSecret({ tx, sealer }, id, { secret, previousUntil: null });
    await refuseWithoutSecret({ tx, sealer }, { id, state, now });
    const isFresh = (state === 'on' && before.state !== 'on') || fields.address !== before.address;
    const well = { failures: 0, failingSince: null, pausedUntil: null };
    const stateReason = state === before.state ? before.stateReason : null;
    await updateWebhook(tx, id, { ...fields, state, stateReason, updatedAt: now, ...(isFresh && well) });
    if (isFresh) await hurryMessages(tx, id, now);
    await note(tx, { companyId, by, id }, 'webhook.changed', {
      before: told(before),
      after: { ...told({ ...fields, state }), ...(secret !== undefined && { secret: 'another one' }) },
    });
  });
}

/** @throws AppError not-found */
export async function removeWebhook(
  { db, clock }: WebhookDeps,
  { companyId, by, id }: WebhookChange & { id: number },
): Promise<void> {
  allow(by, 'settings', companyId);
  await db.transaction(async (tx) => {
    const before = (await lockWebhook(tx, { companyId, id })) ?? noSuchWebhook();
    await deleteWebhook(tx, id, clock.now());
    await note(tx, { companyId, by, id }, 'webhook.removed', { before: told(before) });
  });
}

/**
 * Gives a webhook a new secret. Until the grace is over each message is signed with the old one as well.
 * @returns the new secret, and when the old one ends
 * @throws AppError not-found
 */
export async function rotateSecret(
  { db, clock, sealer }: WebhookDeps,
  { companyId, by, id }: WebhookChange & { id: number },
  graceMs: number,
): Promise<{ secret: string; previousUntil: Date }> {
  allow(by, 'settings', companyId);
  const secret = newWebhookSecret();
  const previousUntil = new Date(clock.now().getTime() + graceMs);
  await db.transaction(async (tx) => {
    if (!(await lockWebhook(tx, { companyId, id }))) noSuchWebhook();
    await setSecret({ tx, sealer }, id, { secret, previousUntil });
    await note(tx, { companyId, by, id }, 'webhook.secret-rotated', {
      after: { oldOneSignsUntil: previousUntil },
    });
  });
  return { secret, previousUntil };
}

/** @throws AppError not-found */
export async function readSecret(
  { db, clock, sealer }: WebhookDeps,
  { companyId, by, id }: WebhookChange & { id: number },
): Promise<{ secrets: string[]; previousUntil: Date | null }> {
  allow(by, 'settings', companyId);
  await getWebhook(db.prisma, { companyId, id });
  return openSecrets({ tx: db.prisma, sealer }, id, clock.now());
}

/** Writes down who has changed what: in the history for everybody, in the trail with the values. */
export async function note(
  tx: Tx,
  { companyId, by, id }: WebhookChange & { id: number },
  action: AuditAction & `webhook.${string}`,
  values: { before?: object; after?: object },
): Promise<void> {
  const summary = `Webhook ${id}: ${action.replace('webhook.', '').replace('-', ' ')}.`;
  await recordEvents(tx, by, [{ companyId, event: 'webhook-changed', summary, additional: { webhook: id } }]);
  await audit(tx, by, [{ action, subject: `webhook ${id}`, companyId, ...values }]);
}

/** A query may hold a secret of the receiver. */
function told({ address, topic, state }: Pick<Webhook, 'address' | 'topic' | 'state'>): object {
  const { origin, pathname } = new URL(address);
  return { address: origin + pathname, topic, state };
}

async function refuseWithoutSecret(
  { tx, sealer }: { tx: Tx; sealer: Sealer },
  { id, state, now }: { id: number; state: string; now: Date },
): Promise<void> {
  if (state !== 'on' || (await openSecrets({ tx, sealer }, id, now)).secrets.length > 0) return;
  throw new AppError('rule-violated', 'The webhook has no secret any more.', {
    details: [{ message: 'it cannot be signed', next: `Rotate it first: POST Webhooks/${id}/RotateSecret` }],
  });
}

interface WantedWebhook extends Pick<Webhook, 'address' | 'topic' | 'format'> {
  isEnabled?: boolean;
  SharedSecret?: string;
}

/** @throws AppError invalid-document with all findings */
function readBody(door: PublicDoor, body: WebhookBody): WantedWebhook {
  const { Address: address, Topic: topic, Format: format, Enabled, SharedSecret } = body;
  const secret = SharedSecret === undefined || SharedSecret === '' ? null : SharedSecret;
  const problems = [
    problem('Format', formatProblem(format)),
    problem('Address', addressProblem(door, address)),
    problem('Topic', topicProblem(topic)),
    problem('SharedSecret', secret === null ? null : secretProblem(secret)),
  ].flatMap((one) => one ?? []);
  if (problems.length > 0)
    throw new AppError('invalid-document', 'The webhook is not valid.', { details: problems });
  return {
    address,
    topic,
    format: format.toLowerCase(),
    ...(Enabled === undefined ? {} : { isEnabled: Enabled }),
    ...(secret === null ? {} : { SharedSecret: secret }),
  };
}

function problem(field: string, message: string | null): ErrorDetail | null {
  return message === null ? null : { field, message };
}

function formatProblem(format: string): string | null {
  return FORMATS.includes(format.toLowerCase()) ? null : `must be ${FORMATS.join(' or ')}`;
}

function addressProblem(door: PublicDoor, address: string): string | null {
  if (address.length > LONGEST_ADDRESS) return `must have no more than ${LONGEST_ADDRESS} characters`;
  try {
    door.check(address);
    return null;
  } catch (error) {
    if (!(error instanceof RefusedAddressError)) throw error;
    return `must be an https address of the public Internet. ${error.message}`;
  }
}

function topicProblem(topic: string): string | null {
  if (topic === ALL_TOPICS) return null;
  try {
    typesOf(topic);
    return null;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return `must be a topic of GET ActivityEvents/EventTypes, what stands before its dot, or ${ALL_TOPICS}`;
  }
}

function noSuchWebhook(): never {
  throw new AppError('not-found', 'There is no such webhook.');
}
