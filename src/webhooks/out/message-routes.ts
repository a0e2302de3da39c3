import { Type } from 'typebox';
import { writeJson } from '../../formats/json.js';
import { parseDateTime } from '../../formats/date-time.js';
import type { Api } from '../../http/api.js';
import { listText, sendJson, sendMessage } from '../../http/envelope.js';
import { operation } from '../../http/operation.js';
import { AppError } from '../../kernel/errors.js';
import { HOUR_MS, toIsoSeconds } from '../../kernel/time.js';
import { ref } from '../../logicbroker/schema.js';
import {
  LBWebhookReplay,
  LBWebhookRotation,
  WebhookAttemptsMessage,
  WebhookMessagesResponse,
  WebhookReplayedMessage,
  WebhookSecretMessage,
} from '../../logicbroker/webhook-schema.js';
import { getWebhook, readSecret, rotateSecret, type WebhookDeps } from './manage-webhooks.js';
import { listAttempts, listMessages, messageIdOf, positionIn, type WebhookMessage } from './message-store.js';
import { replayWebhook, type ReplayWish } from './replay-webhook.js';
import { wakeWebhook, type WakeDeps } from './wake-webhooks.js';

type MessageRouteDeps = WebhookDeps & WakeDeps;

const TAG = 'Webhooks';
const GRACE_HOURS = 24;
const PAGE_SIZE = 100;
const WEBHOOK = '/Webhooks/:WebhookId';

const anyWebhook = Type.Object({
  WebhookId: Type.Integer({ format: 'int32', minimum: 1, maximum: 2_147_483_647 }),
});
const anyMessage = Type.Object({
  ...anyWebhook.properties,
  MessageId: Type.String({ maxLength: 60, description: 'As in the header `webhook-id`.' }),
});
const MessagesQuery = Type.Object({
  state: Type.Optional(
    Type.Union([Type.Literal('pending'), Type.Literal('delivered'), Type.Literal('failed')]),
  ),
  page: Type.Optional(
    Type.Integer({ format: 'int32', minimum: 0, maximum: 1_000_000, description: 'Counted from 0.' }),
  ),
});

/** What Logicbroker keeps on its own pages: additions, in v3 only. */
export function messageRoutes(api: Api, deps: MessageRouteDeps): void {
  secretRoutes(api, deps);
  listRoutes(api, deps);
  replayRoute(api, deps);
}

function secretRoutes(api: Api, deps: MessageRouteDeps): void {
  api.get(
    `${WEBHOOK}/Secret`,
    {
      schema: operation('v3', 'getWebhookSecret', TAG, 'What the messages are signed with', {
        params: anyWebhook,
        ok: WebhookSecretMessage,
      }),
    },
    async (request, reply) => {
      const by = request.caller;
      const which = { companyId: by.companyId, by, id: request.params.WebhookId };
      const { secrets, previousUntil } = await readSecret(deps, which);
      return sendMessage(reply, {
        SharedSecret: secrets[0],
        OldSharedSecret: secrets[1],
        OldSecretEndsAt: previousUntil ? toIsoSeconds(previousUntil) : undefined,
      });
    },
  );

  api.post(
    `${WEBHOOK}/RotateSecret`,
    {
      config: { answersSecret: true },
      schema: operation('v3', 'rotateWebhookSecret', TAG, 'Replace the secret', {
        description:
          'Until the grace is over, each message has two signatures: receivers change over when they like.',
        params: anyWebhook,
        body: ref(LBWebhookRotation),
        ok: WebhookSecretMessage,
      }),
    },
    async (request, reply) => {
      const by = request.caller;
      const which = { companyId: by.companyId, by, id: request.params.WebhookId };
      const graceMs = (request.body.GraceHours ?? GRACE_HOURS) * HOUR_MS;
      const { secret, previousUntil } = await rotateSecret(deps, which, graceMs);
      return sendMessage(reply, { SharedSecret: secret, OldSecretEndsAt: toIsoSeconds(previousUntil) });
    },
  );
}

function listRoutes(api: Api, { db }: MessageRouteDeps): void {
  api.get(
    `${WEBHOOK}/Messages`,
    {
      config: { rateClass: 'search', filterPrefix: '' },
      schema: operation('v3', 'getWebhookMessages', TAG, 'What a webhook was and is to be sent', {
        description: 'The newest first. Those that were taken or given up are kept for 30 days.',
        params: anyWebhook,
        querystring: MessagesQuery,
        ok: WebhookMessagesResponse,
      }),
    },
    async (request, reply) => {
      const { companyId } = request.caller;
      const { page = 0, state } = request.query;
      const { id } = await getWebhook(db.prisma, { companyId, id: request.params.WebhookId });
      const filter = { webhookId: id, ...(state && { state }) };
      const { messages, total } = await listMessages(db.prisma, filter, {
        skip: page * PAGE_SIZE,
        take: PAGE_SIZE,
      });
      const texts = messages.map((message) => writeJson(toBody(message)));
      return sendJson(
        reply,
        listText('v3', 'Messages', texts, { page, pageSize: PAGE_SIZE, totalRecords: total }),
      );
    },
  );

  api.get(
    `${WEBHOOK}/Messages/:MessageId/Attempts`,
    {
      schema: operation('v3', 'getWebhookAttempts', TAG, 'The calls that were made for a message', {
        description: 'The newest first.',
        params: anyMessage,
        ok: WebhookAttemptsMessage,
      }),
    },
    async (request, reply) => {
      const { companyId } = request.caller;
      const { WebhookId, MessageId } = request.params;
      const { id } = await getWebhook(db.prisma, { companyId, id: WebhookId });
      const position = positionIn(MessageId, id);
      if (position === null) throw new AppError('not-found', 'There is no such message.');
      const attempts = await listAttempts(db.prisma, { webhookId: id, position });
      return sendMessage(
        reply,
        attempts.map(({ startedAt, finishedAt, status, outcome }) => ({
          StartedAt: startedAt.toISOString(),
          FinishedAt: finishedAt?.toISOString(),
          Status: status ?? undefined,
          Outcome: outcome ?? undefined,
        })),
      );
    },
  );
}

function replayRoute(api: Api, deps: MessageRouteDeps): void {
  api.post(
    `${WEBHOOK}/Replay`,
    {
      config: { bodyExamples },
      schema: operation('v3', 'replayWebhook', TAG, 'Send messages once more', {
        description:
          'Each keeps its id, so that a receiver which has it knows it. Up to 1,000 with one call; `Next` says where to go on.',
        params: anyWebhook,
        body: ref(LBWebhookReplay),
        ok: WebhookReplayedMessage,
      }),
    },
    async (request, reply) => {
      const by = request.caller;
      const { companyId } = by;
      const id = request.params.WebhookId;
      const { count, next } = await replayWebhook(deps, { companyId, by, id }, wishOf(request.body));
      await wakeWebhook(deps, { id, companyId });
      return sendMessage(reply, { Messages: count, Next: next ?? undefined });
    },
  );
}

function wishOf(body: {
  MessageId?: string;
  OnlyFailed?: boolean;
  From?: string;
  To?: string;
  After?: number;
}): ReplayWish {
  const { MessageId, OnlyFailed, From, To, After } = body;
  return {
    ...(MessageId === undefined ? {} : { messageId: MessageId }),
    ...(OnlyFailed === undefined ? {} : { onlyFailed: OnlyFailed }),
    ...(From === undefined ? {} : { from: timeOf('From', From) }),
    ...(To === undefined ? {} : { to: timeOf('To', To) }),
    ...(After === undefined ? {} : { after: After }),
  };
}

function timeOf(field: string, text: string): Date {
  const time = parseDateTime(text);
  if (time) return time;
  throw new AppError('invalid-request', 'The time cannot be read.', {
    details: [{ field, message: 'must be a date and time such as 2026-11-30T08:00:00Z' }],
  });
}

function toBody(message: WebhookMessage): object {
  const { position, state, attempts, nextAttemptAt, settledAt, lastOutcome } = message;
  return {
    MessageId: messageIdOf(message),
    Position: Number(position),
    State: state,
    Attempts: attempts,
    NextAttemptAt: state === 'pending' ? toIsoSeconds(nextAttemptAt) : undefined,
    SettledAt: settledAt ? toIsoSeconds(settledAt) : undefined,
    LastOutcome: lastOutcome ?? undefined,
  };
}

const bodyExamples = {
  window: {
    summary: 'Everything of one night',
    value: { From: '2026-11-30T22:00:00Z', To: '2026-12-01T06:00:00Z' },
  },
  one: { summary: 'One message', value: { MessageId: 'msg_7_1234' } },
};
