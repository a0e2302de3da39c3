import { createHash } from 'node:crypto';
import { toIsoSeconds } from '../kernel/time.js';
import type { Mail } from '../outbound/mail-door.js';
import type { Alert } from './alert-store.js';
import { offPath } from './off-link.js';

export type WaitingAlert = Alert & { phase: 'began' | 'ended' };

/** Alerts that one mail spells out. */
const MOST_TOLD = 30;

interface MailReader {
  id: number;
  address: string;
  secret: string;
}

/** One mail about everything that a recipient is to be told now: what is wrong, what to do, where, and how to hear no more of it. */
export function mailOf(reader: MailReader, waiting: readonly WaitingAlert[], base: string): Mail {
  const alerts = [...new Map(waiting.map((alert) => [alert.id, alert])).values()];
  const open = alerts.filter(({ endedAt }) => endedAt === null);
  const over = alerts.filter(({ endedAt }) => endedAt !== null);
  const told = [...open, ...over].slice(0, MOST_TOLD);
  const kinds = [...new Set(told.map(({ kind }) => kind))];
  const more = alerts.length - told.length;
  const text = [
    ...told.map((alert) => paragraph(alert, base)),
    ...(more > 0 ? [`And ${more} more: GET Alerts has all of them.`] : []),
    '-- ',
    ...kinds.map((kind) => `No more mails about ${kind}: ${base}${offPath(reader, kind)}`),
  ].join('\n\n');
  const names = waiting.map(({ id, phase }) => `${id}:${phase}`);
  const digest = createHash('sha256')
    .update(JSON.stringify([reader.id, names]))
    .digest('hex')
    .slice(0, 32);
  const [kind] = kinds;
  return {
    to: reader.address,
    subject: subjectOf(open, over),
    text: `${text}\n`,
    messageId: `<alerts-${reader.id}-${digest}@${new URL(base).hostname}>`,
    headers: {
      'Auto-Submitted': 'auto-generated',
      ...(kinds.length === 1 && kind
        ? {
            // RFC 8058: the mail program asks with POST, without a person looking at a page.
            'List-Unsubscribe': `<${base}${offPath(reader, kind)}>`,
            'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
          }
        : {}),
    },
  };
}

function subjectOf(open: readonly Alert[], over: readonly Alert[]): string {
  const [first] = open.length > 0 ? open : over;
  const count = open.length + over.length;
  const beginning = open.length > 0 ? '' : 'Over: ';
  return count === 1 ? `${beginning}${first!.title}` : `${open.length} alerts, ${over.length} over`;
}

function paragraph({ title, next, link, beganAt, endedAt }: Alert, base: string): string {
  if (endedAt) return `Over: ${title}\nIt lasted from ${toIsoSeconds(beganAt)} to ${toIsoSeconds(endedAt)}.`;
  return `${title}\nSince ${toIsoSeconds(beganAt)}.\nNext: ${next}\n${base}${link}`;
}
