import type { Config } from '../config/config.js';
import { SECOND_MS } from '../kernel/time.js';
import { createMailDoor, type MailDoor } from '../outbound/mail-door.js';
import type { PublicDoorSettings } from '../outbound/public-door.js';

/** Standard Webhooks: 15 to 30 seconds; the shorter one leaves the fence its room. */
const ANSWER_TIMEOUT_MS = 15 * SECOND_MS;
/** Nothing of an answer but its status counts. */
const MOST_ANSWER_BYTES = 16 * 1024;

/** How webhooks reach the addresses of others. */
export function webhookDoor({ privateHosts }: Pick<Config, 'privateHosts'>): PublicDoorSettings {
  return {
    answerTimeoutMs: ANSWER_TIMEOUT_MS,
    maxAnswerBytes: MOST_ANSWER_BYTES,
    ...mediaDoor({ privateHosts }),
  };
}

/** Null where nobody has set a mail server and a sender. */
export function mailDoorOf({ smtpUrl, mailFrom }: Pick<Config, 'smtpUrl' | 'mailFrom'>): MailDoor | null {
  return smtpUrl === null || mailFrom === null ? null : createMailDoor({ url: smtpUrl, from: mailFrom });
}

/** How images and documents of products are fetched from the addresses of others; all else is said by their fetcher. */
export function mediaDoor({ privateHosts }: Pick<Config, 'privateHosts'>): PublicDoorSettings {
  return { anywhere: privateHosts.map((host) => host.toLowerCase().replaceAll(/[[\]]/g, '')) };
}
