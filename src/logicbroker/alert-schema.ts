import { Type, type Static } from 'typebox';
import { messageOf } from './envelopes.js';
import { dateTime, flag, int32, listOf, named, ref, text } from './schema.js';

/** Alerts: additions of ours. */
const LBAlert = named(
  'LBAlert',
  'Something that is or was wrong.',
  {},
  {
    Id: int32(),
    Kind: text('See docs/alerts.md.', 'failed-documents'),
    Title: text(),
    Next: text('What to do.'),
    Link: text('Where to look.'),
    Count: int32('How many things it is about; left out once it is over.'),
    BeganAt: dateTime(),
    EndedAt: dateTime('Left out while it lasts.'),
  },
);

const MINUTE_OF_DAY = '^([01][0-9]|2[0-3]):[0-5][0-9]$';

export const LBAlertRecipient = named(
  'LBAlertRecipient',
  'Somebody who is told of alerts by mail.',
  { Address: Type.String({ maxLength: 254, description: 'A mail address.', examples: ['ops@example.com'] }) },
  {
    Id: int32(),
    Enabled: flag('True when left out.'),
    Digest: text('`at-once`, `hourly` or `daily`.', 'at-once'),
    KindsOff: Type.Array(Type.String(), { maxItems: 50, description: 'Kinds that are not sent.' }),
    TimeZone: text('Of the quiet hours and of daily mails.', 'Europe/Berlin'),
    QuietFrom: Type.String({ pattern: MINUTE_OF_DAY, examples: ['22:00'] }),
    QuietTo: Type.String({ pattern: MINUTE_OF_DAY, examples: ['07:00'] }),
    LastSentAt: dateTime(),
    LastOutcome: text('How the last mail was taken.'),
    StatusReason: text('Why the service has switched it off.'),
  },
);
export type AlertRecipientBody = Static<typeof LBAlertRecipient>;

export const AlertsMessage = messageOf('LBAlert.List', listOf(LBAlert));
export const AlertRecipientsMessage = messageOf('LBAlertRecipient.List', listOf(LBAlertRecipient));
export const AlertRecipientMessage = messageOf('LBAlertRecipient', ref(LBAlertRecipient));

export const alertSchemas = [
  LBAlert,
  LBAlertRecipient,
  AlertsMessage,
  AlertRecipientsMessage,
  AlertRecipientMessage,
];
