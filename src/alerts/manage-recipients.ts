import { audit } from '../audit/audit.js';
import type { AuditAction } from '../audit/audit-actions.js';
import type { Actor } from '../companies/actor.js';
import { allow } from '../companies/permissions.js';
import { recordEvents } from '../documents/document-store.js';
import { AppError, type ErrorDetail } from '../kernel/errors.js';
import type { Clock } from '../kernel/time.js';
import type { AlertRecipientBody } from '../logicbroker/alert-schema.js';
import type { Database, Tx } from '../store/database.js';
import type { Sealer } from '../store/secrets.js';
import { ensureFlows } from '../sync/flows/flows.js';
import { alertKinds } from './alert-kinds.js';
import { dropNotices } from './alert-store.js';
import { isTimeZone } from './quiet-hours.js';
import {
  deleteRecipient,
  findRecipient,
  insertRecipient,
  listRecipients,
  newLinkSecret,
  updateRecipient,
  type Recipient,
} from './recipient-store.js';
import { alertFlows, recipientOf } from './recipient-subject.js';

export interface RecipientDeps {
  db: Database;
  clock: Clock;
  sealer: Sealer;
}

interface RecipientChange {
  companyId: number;
  by: Actor;
}

const MOST_RECIPIENTS = 20;
const DIGESTS = ['at-once', 'hourly', 'daily'] as const;
/** One address and nothing else: no list, no name, no header. */
const ADDRESS = /^[^\s@,;:<>"()[\]\\]{1,64}@[a-z0-9.-]{1,189}$/i;

/** @throws AppError not-found */
export async function getRecipient(tx: Tx, which: { companyId: number; id: number }): Promise<Recipient> {
  return (await findRecipient(tx, which)) ?? noSuchRecipient();
}

/** @returns its id @throws AppError invalid-document, rule-violated */
export async function createRecipient(
  { db, clock, sealer }: RecipientDeps,
  { companyId, by }: RecipientChange,
  body: AlertRecipientBody,
): Promise<number> {
  allow(by, 'settings', companyId);
  const { isEnabled = true, ...fields } = readBody(body);
  return db.transaction(async (tx) => {
    await tx.$queryRaw`SELECT id FROM companies WHERE id = ${companyId} FOR NO KEY UPDATE`;
    if ((await listRecipients(tx, companyId)).length >= MOST_RECIPIENTS)
      throw new AppError('rule-violated', `You have ${MOST_RECIPIENTS} recipients, which is the most.`);
    const now = clock.now();
    const state = isEnabled ? 'on' : 'off';
    const secret = newLinkSecret();
    const id = await insertRecipient({ tx, sealer }, { companyId, ...fields, state, secret, now });
    await ensureFlows(tx, { subject: recipientOf(id), now, flows: alertFlows });
    await note(tx, { companyId, by, id }, 'alert-recipient.created', { after: told({ ...fields, state }) });
    return id;
  });
}

/** What is left out is as if it were new, but for Enabled. @throws AppError not-found, invalid-document */
export async function changeRecipient(
  { db, clock }: RecipientDeps,
  { companyId, by, id }: RecipientChange & { id: number },
  body: AlertRecipientBody,
): Promise<void> {
  allow(by, 'settings', companyId);
  const { isEnabled, ...fields } = readBody(body);
  await db.transaction(async (tx) => {
    const before = await getRecipient(tx, { companyId, id });
    const state = isEnabled === undefined ? before.state : isEnabled ? 'on' : 'off';
    const well = { failures: 0, nextAttemptAt: null, stateReason: null };
    await updateRecipient(tx, id, { ...fields, state, ...(isEnabled && well) });
    await dropNotices(tx, id, fields.kindsOff, clock.now());
    const values = { before: told(before), after: told({ ...fields, state }) };
    await note(tx, { companyId, by, id }, 'alert-recipient.changed', values);
  });
}

/** @throws AppError not-found */
export async function removeRecipient(
  { db }: RecipientDeps,
  { companyId, by, id }: RecipientChange & { id: number },
): Promise<void> {
  allow(by, 'settings', companyId);
  await db.transaction(async (tx) => {
    const before = await getRecipient(tx, { companyId, id });
    await deleteRecipient(tx, id);
    await note(tx, { companyId, by, id }, 'alert-recipient.removed', { before: told(before) });
  });
}

/** By the link of a mail: one kind is not sent to this recipient any more. Safe to repeat. */
export async function switchKindOff(
  { db, clock }: RecipientDeps,
  { id, kind, by }: { id: number; kind: string; by: Actor },
): Promise<void> {
  await db.transaction(async (tx) => {
    const recipient = await findRecipient(tx, { id });
    if (!recipient || recipient.kindsOff.includes(kind)) return;
    const kindsOff = [...recipient.kindsOff, kind];
    await updateRecipient(tx, id, { kindsOff });
    await dropNotices(tx, id, [kind], clock.now());
    const values = { before: told(recipient), after: told({ ...recipient, kindsOff }) };
    await note(tx, { companyId: recipient.companyId, by, id }, 'alert-recipient.changed', values);
  });
}

async function note(
  tx: Tx,
  { companyId, by, id }: RecipientChange & { id: number },
  action: AuditAction & `alert-recipient.${string}`,
  values: { before?: object; after?: object },
): Promise<void> {
  const summary = `Recipient ${id} of alerts: ${action.replace('alert-recipient.', '')}.`;
  await recordEvents(tx, by, [{ companyId, event: 'alert-recipient-changed', summary }]);
  await audit(tx, by, [{ action, subject: `alert recipient ${id}`, companyId, ...values }]);
}

/** Without the address, which is a person's. */
function told({ state, digest, kindsOff, timeZone, quietFrom, quietTo }: Partial<Recipient>): object {
  return { state, digest, kindsOff, timeZone, quietFrom, quietTo };
}

type WantedRecipient = Pick<
  Recipient,
  'address' | 'digest' | 'kindsOff' | 'timeZone' | 'quietFrom' | 'quietTo'
> & { isEnabled?: boolean };

function readBody(body: AlertRecipientBody): WantedRecipient {
  const { Address, Digest = 'at-once', KindsOff = [], TimeZone = 'UTC', QuietFrom, QuietTo, Enabled } = body;
  const digest = DIGESTS.find((one) => one === Digest.toLowerCase());
  const kinds = Object.keys(alertKinds);
  const problems: (ErrorDetail | false)[] = [
    !ADDRESS.test(Address) && { field: 'Address', message: 'must be one mail address' },
    !digest && { field: 'Digest', message: `must be one of ${DIGESTS.join(', ')}` },
    KindsOff.some((kind) => !kinds.includes(kind)) && {
      field: 'KindsOff',
      message: `may hold ${kinds.join(', ')}`,
    },
    !isTimeZone(TimeZone) && { field: 'TimeZone', message: 'must be a name such as Europe/Berlin' },
    (QuietFrom === undefined) !== (QuietTo === undefined) && {
      field: 'QuietTo',
      message: 'QuietFrom and QuietTo go together',
    },
  ];
  const details = problems.filter((problem) => problem !== false);
  if (details.length > 0 || !digest)
    throw new AppError('invalid-document', 'The recipient is not valid.', { details });
  return {
    address: Address,
    digest,
    kindsOff: [...new Set(KindsOff)],
    timeZone: TimeZone,
    quietFrom: minuteOf(QuietFrom),
    quietTo: minuteOf(QuietTo),
    ...(Enabled === undefined ? {} : { isEnabled: Enabled }),
  };
}

function minuteOf(text: string | undefined): number | null {
  if (text === undefined) return null;
  const [hours = 0, minutes = 0] = text.split(':').map(Number);
  return hours * 60 + minutes;
}

function noSuchRecipient(): never {
  throw new AppError('not-found', 'There is no such recipient.');
}
