import { Type, type Static } from 'typebox';
import { arrayResponse, messageOf } from './envelopes.js';
import { dateTime, flag, int32, int64, listOf, named, ref, text } from './schema.js';

/** An address that is told of changes (CommerceAPI v3: WebhookDetails). */
export const WebhookDetails = named(
  'WebhookDetails',
  'An address that is told of changes.',
  {
    Format: text('`json`.', 'json'),
    Address: text('An https address.', 'https://erp.example.com/hooks'),
    Topic: text(
      'One of ActivityEvents/EventTypes, or what stands before its dot; `*`: all.',
      'order.created',
    ),
  },
  {
    Id: int32(),
    Enabled: flag('Switched off, it is sent nothing, and goes on where it stopped.'),
    CreatedAt: dateTime(),
    UpdatedAt: dateTime(),
    SharedSecret: text(
      'What messages are signed with: `whsec_` and 24 to 64 bytes in base64. Left out, one is made. Never answered here.',
    ),
    StatusReason: text('Why the service has switched it off.'),
  },
);
export type WebhookBody = Static<typeof WebhookDetails>;

const WebhookSecret = named(
  'WebhookSecret',
  'What the messages of a webhook are signed with.',
  {},
  {
    SharedSecret: text(),
    OldSharedSecret: text('Signs as well until OldSecretEndsAt.'),
    OldSecretEndsAt: dateTime(),
  },
);

const MOST_GRACE_HOURS = 7 * 24;

export const LBWebhookRotation = named(
  'LBWebhookRotation',
  'How a secret is replaced.',
  {},
  {
    GraceHours: Type.Integer({
      format: 'int32',
      minimum: 0,
      maximum: MOST_GRACE_HOURS,
      description: 'How long messages are signed with the old secret as well; 24 when left out.',
    }),
  },
);

const LBWebhookMessage = named(
  'LBWebhookMessage',
  'One change that a webhook is told of.',
  {},
  {
    MessageId: text('The same with every call and every replay; the header `webhook-id`.', 'msg_7_1234'),
    Position: int64('Of the change: see GET Changes.'),
    State: text('pending, delivered or failed.', 'delivered'),
    Attempts: int32('Calls that were made.'),
    NextAttemptAt: dateTime('When it is sent again at the earliest.'),
    SettledAt: dateTime('When it was taken or given up.'),
    LastOutcome: text('How the last call has ended.', 'answered 200'),
  },
);

const LBWebhookAttempt = named(
  'LBWebhookAttempt',
  'One call.',
  {},
  {
    StartedAt: dateTime(),
    FinishedAt: dateTime('Left out while it is under way, and where nobody knows how it has ended.'),
    Status: int32('HTTP status; left out where no answer came.'),
    Outcome: text(undefined, 'answered 503'),
  },
);

export const LBWebhookReplay = named(
  'LBWebhookReplay',
  'What is to be sent once more: one of MessageId, OnlyFailed and From.',
  {},
  {
    MessageId: text(undefined, 'msg_7_1234'),
    OnlyFailed: flag('All that were given up.'),
    From: dateTime('Changes since then.'),
    To: dateTime('Up to then; left out: up to now.'),
    After: Type.Integer({
      format: 'int64',
      minimum: 0,
      maximum: Number.MAX_SAFE_INTEGER,
      description: '`Next` of the answer before.',
    }),
  },
);

const LBWebhookReplayed = named(
  'LBWebhookReplayed',
  'What is sent once more.',
  {},
  { Messages: int32(), Next: int64('There are more: call again with it as After.') },
);

export const WebhooksMessage = messageOf('WebhookDetails.Array', listOf(WebhookDetails));
export const WebhookMessageOf = messageOf('WebhookDetails', ref(WebhookDetails));
export const WebhookSecretMessage = messageOf('WebhookSecret', ref(WebhookSecret));
export const WebhookMessagesResponse = arrayResponse('LBWebhookMessage', listOf(LBWebhookMessage));
export const WebhookAttemptsMessage = messageOf('LBWebhookAttempt.List', listOf(LBWebhookAttempt));
export const WebhookReplayedMessage = messageOf('LBWebhookReplayed', ref(LBWebhookReplayed));

export const webhookSchemas = [
  WebhookDetails,
  WebhookSecret,
  LBWebhookRotation,
  LBWebhookMessage,
  LBWebhookAttempt,
  LBWebhookReplay,
  LBWebhookReplayed,
  WebhooksMessage,
  WebhookMessageOf,
  WebhookSecretMessage,
  WebhookMessagesResponse,
  WebhookAttemptsMessage,
  WebhookReplayedMessage,
];
