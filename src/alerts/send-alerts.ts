import { recordEvents } from '../documents/document-store.js';
import { messageOf } from '../kernel/errors.js';
import { MINUTE_MS } from '../kernel/time.js';
import { MailError, type MailDoor } from '../outbound/mail-door.js';
import type { Database } from '../store/database.js';
import type { Sealer } from '../store/secrets.js';
import type { FlowResult, SubjectRun } from '../sync/flows/flows.js';
import { settleNotices, waitingNotices } from './alert-store.js';
import { mailOf, type WaitingAlert } from './mail-text.js';
import { mayTell } from './quiet-hours.js';
import { findRecipient, ensureLinkSecret, updateRecipient, type Recipient } from './recipient-store.js';

interface SendAlertsDeps {
  db: Database;
  sealer: Sealer;
  /** Null: this installation sends no mails. */
  mail: MailDoor | null;
  /** Address under which browsers reach this service. */
  base: () => string;
}

const WAITS_MS = [1, 5, 15, 60].map((minutes) => minutes * MINUTE_MS);
const FAILURES_UNTIL_TOLD = 3;
/** So often an address may be refused for good before it is switched off. */
const MOST_REFUSALS = 10;

/**
 * The flow `send-alerts` of one recipient: one mail about all that waits. What could not be sent waits, and goes into the next mail:
 * however long the mail server is away, one mail comes afterwards. The lease sees to it that one process sends at a time; after
 * a crash in the middle the same mail may come twice, with the same Message-ID.
 */
export async function sendAlerts(deps: SendAlertsDeps, run: SubjectRun): Promise<FlowResult> {
  const { db, sealer, mail, base } = deps;
  const { id } = run.subject;
  const recipient = await findRecipient(db.prisma, { id });
  if (recipient?.state !== 'on' || mail === null) return { counts: {} };
  const now = run.now();
  if (recipient.nextAttemptAt !== null && recipient.nextAttemptAt > now) return { counts: {} };
  const waiting: WaitingAlert[] = await waitingNotices(db.prisma, id);
  if (waiting.length === 0 || !mayTell(recipient, now)) return { counts: {} };
  const secret = await db.transaction((tx) => ensureLinkSecret({ tx, sealer }, id));
  if (secret === null) return { counts: {} };
  try {
    await run.fence.pass();
    await mail.send(mailOf({ id, address: recipient.address, secret }, waiting, base()));
  } catch (error) {
    if (!(error instanceof MailError)) throw error;
    await noteFailure(deps, run, recipient, error);
    return { counts: {} };
  }
  await noteSent(deps, run, recipient, waiting);
  return { counts: { sent: 1 } };
}

async function noteSent(
  { db }: SendAlertsDeps,
  run: SubjectRun,
  { id, companyId, failures }: Recipient,
  waiting: readonly WaitingAlert[],
): Promise<void> {
  const now = run.now();
  const notices = {
    recipientId: id,
    alertIds: waiting.map((alert) => alert.id),
    phases: waiting.map(({ phase }) => phase),
  };
  await db.transaction(async (tx) => {
    await run.guard(tx);
    await settleNotices(tx, notices, now);
    await updateRecipient(tx, id, { failures: 0, nextAttemptAt: null, lastSentAt: now, lastOutcome: 'sent' });
    if (failures < FAILURES_UNTIL_TOLD) return;
    const summary = `Mails about alerts reach recipient ${id} again.`;
    await recordEvents(tx, run.by, [{ companyId, event: 'alert-mail-recovered', summary }]);
  });
}

async function noteFailure(
  { db }: SendAlertsDeps,
  run: SubjectRun,
  { id, companyId, failures: before }: Recipient,
  error: MailError,
): Promise<void> {
  const failures = before + 1;
  const waitMs = WAITS_MS[Math.min(failures, WAITS_MS.length) - 1] ?? MINUTE_MS;
  const reason = messageOf(error);
  const isOff = error.isRefusal && failures >= MOST_REFUSALS;
  await db.transaction(async (tx) => {
    await run.guard(tx);
    await updateRecipient(tx, id, {
      failures,
      nextAttemptAt: new Date(run.now().getTime() + waitMs),
      lastOutcome: reason,
      ...(isOff && { state: 'off', stateReason: `${reason}, ${failures} times` }),
    });
    if (failures !== FAILURES_UNTIL_TOLD && !isOff) return;
    const what = isOff ? 'was switched off' : 'gets no mails about alerts';
    const summary = `Recipient ${id} ${what}: ${reason}.`;
    const details = 'Everything that waits comes with the next mail. See doctor, and GET Alerts.';
    await recordEvents(tx, run.by, [{ companyId, event: 'alert-mail-failed', summary, details }]);
  });
}
