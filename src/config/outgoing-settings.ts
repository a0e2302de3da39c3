import { hostNames, smtpUrl, text, whole } from './config-readers.js';
import { setting } from './setting.js';

/** Servers of others: webhooks and mail. */
export const outgoingSettings = {
  outgoingConcurrency: setting({
    env: 'OUTGOING_CONCURRENCY',
    default: 16,
    meaning:
      'Servers of others (webhooks, mail) that a worker calls at once; each has one place, however slow it is.',
    read: whole(1, 200),
  }),
  smtpUrl: setting<string | null>({
    env: 'SMTP_URL',
    default: null,
    defaultText: 'no mail',
    meaning:
      'Mail server for alerts, `smtps://user:password@host:465` or `smtp://host:587` (STARTTLS where it is offered).',
    secret: true,
    read: smtpUrl,
  }),
  mailFrom: setting<string | null>({
    env: 'MAIL_FROM',
    default: null,
    defaultText: 'no mail',
    meaning: 'Sender of alerts, such as `TikTok connector <alerts@example.com>`. Needed with `SMTP_URL`.',
    read: text,
  }),
  privateHosts: setting<readonly string[]>({
    env: 'PRIVATE_HOSTS',
    default: [],
    meaning:
      'Host names and addresses of your own network that webhooks (also by http), images of products and SFTP servers may lead to, comma separated. All others must be public.',
    read: hostNames,
  }),
} as const;
