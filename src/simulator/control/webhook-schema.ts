import { Type, type Static } from 'typebox';

import { pushStates } from '../state/webhook-book.js';
import { eventNames } from '../webhooks/event-names.js';

const EventType = Type.Enum(eventNames);

export const WebhookAddress = Type.Object({
  appKey: Type.String(),
  shopId: Type.String({ description: 'Empty: of the app as a whole, as in Partner Center' }),
  eventType: Type.String(),
  address: Type.String(),
  createdSec: Type.Integer(),
  updatedSec: Type.Integer(),
});

export const NewWebhookAddress = Type.Object(
  {
    appKey: Type.Optional(Type.String({ description: 'The first app when left out' })),
    eventTypes: Type.Optional(Type.Array(EventType, { description: 'All when left out' })),
    address: Type.String({ maxLength: 255, examples: ['http://127.0.0.1:3000/webhooks/tiktok'] }),
  },
  { additionalProperties: false },
);
export type NewWebhookAddress = Static<typeof NewWebhookAddress>;

export const PushView = Type.Object({
  id: Type.Integer(),
  notificationId: Type.String(),
  appKey: Type.String(),
  shopId: Type.String(),
  eventType: Type.String(),
  address: Type.String(),
  body: Type.String(),
  forged: Type.Boolean(),
  createdSec: Type.Integer(),
  dueSec: Type.Integer(),
  letsPass: Type.Boolean(),
  state: Type.Enum([...pushStates]),
  attempts: Type.Array(Type.Object({ atSec: Type.Integer(), status: Type.Integer(), error: Type.String() })),
});

export const PushQuery = Type.Object({
  shopId: Type.Optional(Type.String()),
  eventType: Type.Optional(Type.String()),
  state: Type.Optional(Type.Enum([...pushStates])),
});
export type PushQuery = Static<typeof PushQuery>;

/** An event of any kind, made by hand. */
export const NewPush = Type.Object(
  {
    shopId: Type.String(),
    appKey: Type.Optional(Type.String({ description: 'The first app when left out' })),
    eventType: EventType,
    data: Type.Optional(Type.Object({}, { additionalProperties: true })),
    body: Type.Optional(Type.String({ description: 'In place of `data`: the whole body, as it is sent' })),
    address: Type.Optional(Type.String({ description: 'In place of the one that the app has given' })),
    forged: Type.Optional(Type.Boolean({ description: 'Signed with another secret' })),
  },
  { additionalProperties: false },
);
export type NewPush = Static<typeof NewPush>;

export const PushFaultSpec = Type.Object(
  {
    kind: Type.Enum(['late', 'twice', 'lost', 'reordered', 'forged'], {
      description:
        'late: sent delaySec later. twice: sent as often. lost: never sent. reordered: sent behind the next event of its shop. forged: somebody else sends another one beside it, with a wrong signature',
    }),
    eventType: Type.Optional(EventType),
    shopId: Type.Optional(Type.String()),
    times: Type.Optional(Type.Integer({ minimum: 1, description: 'Without end when left out' })),
    delaySec: Type.Optional(Type.Integer({ minimum: 1, description: 'Of late; 600 when left out' })),
  },
  { additionalProperties: false },
);
export type PushFaultSpec = Static<typeof PushFaultSpec>;

export const PushFaultView = Type.Object({
  ...PushFaultSpec.properties,
  id: Type.Integer(),
  struck: Type.Integer(),
});
