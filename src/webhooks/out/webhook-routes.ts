import { Type } from 'typebox';
import { plainText, filter } from '../../documents/list-filters.js';
import { readKey } from '../../documents/document.js';
import type { Api, ApiVersion } from '../../http/api.js';
import { sendMessage } from '../../http/envelope.js';
import { operation } from '../../http/operation.js';
import { AppError } from '../../kernel/errors.js';
import { toIsoSeconds } from '../../kernel/time.js';
import { Int32Message, StringMessage } from '../../logicbroker/envelopes.js';
import { ref } from '../../logicbroker/schema.js';
import { WebhookDetails, WebhookMessageOf, WebhooksMessage } from '../../logicbroker/webhook-schema.js';
import {
  changeWebhook,
  createWebhook,
  getWebhook,
  removeWebhook,
  type WebhookDeps,
} from './manage-webhooks.js';
import { messageRoutes } from './message-routes.js';
import { createTestWebhook } from './test-webhook.js';
import { listWebhooks, type Webhook } from './webhook-store.js';
import { wakeWebhook, type WakeDeps } from './wake-webhooks.js';

const WEBHOOK_TAG = 'Webhooks';
const anyWebhook = Type.Object({
  WebhookId: Type.Integer({ format: 'int32', minimum: 1, maximum: 2_147_483_647 }),
});

type WebhookRouteDeps = WebhookDeps & WakeDeps;

/** Logicbroker's calls for webhooks, and ours beside them. */
export function webhookRoutes(api: Api, version: ApiVersion, deps: WebhookRouteDeps): void {
  readRoutes(api, version, deps);
  changeRoutesOf(api, version, deps);
  testRoute(api, version, deps);
  if (version === 'v3') messageRoutes(api, deps);
}

function readRoutes(api: Api, version: ApiVersion, { db }: WebhookRouteDeps): void {
  api.get(
    '/Webhooks',
    { schema: operation(version, 'getWebhooks', WEBHOOK_TAG, 'Your webhooks', { ok: WebhooksMessage }) },
    async (request, reply) => {
      const webhooks = await listWebhooks(db.prisma, request.caller.companyId);
      return sendMessage(reply, webhooks.map(toDetails));
    },
  );

  api.get(
    '/Webhooks/:WebhookId',
    {
      schema: operation(version, 'getWebhook', WEBHOOK_TAG, 'One webhook', {
        params: anyWebhook,
        ok: WebhookMessageOf,
      }),
    },
    async (request, reply) => {
      const { companyId } = request.caller;
      const webhook = await getWebhook(db.prisma, { companyId, id: request.params.WebhookId });
      return sendMessage(reply, toDetails(webhook));
    },
  );
}

function changeRoutesOf(api: Api, version: ApiVersion, deps: WebhookRouteDeps): void {
  api.post(
    '/Webhooks',
    {
      config: { bodyExamples },
      schema: operation(version, 'createWebhook', WEBHOOK_TAG, 'Tell an address of changes', {
        description:
          'From now on it is sent what GET Changes tells, signed as Standard Webhooks. The body of the answer is the id; the secret is at Webhooks/{WebhookId}/Secret (v3).',
        body: ref(WebhookDetails),
        ok: StringMessage,
      }),
    },
    async (request, reply) => {
      const by = request.caller;
      const id = await createWebhook(deps, { companyId: by.companyId, by }, request.body);
      return sendMessage(reply, String(id));
    },
  );

  api.put(
    '/Webhooks/:WebhookId',
    {
      config: { bodyExamples },
      schema: operation(version, 'updateWebhook', WEBHOOK_TAG, 'Change a webhook', {
        description:
          'Enabled and SharedSecret stay when they are left out. One that was switched off goes on where it stopped.',
        params: anyWebhook,
        body: ref(WebhookDetails),
        ok: Int32Message,
      }),
    },
    async (request, reply) => {
      const by = request.caller;
      const { companyId } = by;
      const id = request.params.WebhookId;
      await changeWebhook(deps, { companyId, by, id }, request.body);
      await wakeWebhook(deps, { id, companyId });
      return sendMessage(reply, id);
    },
  );

  api.delete(
    '/Webhooks/:WebhookId',
    {
      schema: operation(version, 'deleteWebhook', WEBHOOK_TAG, 'Remove a webhook', {
        description: 'With all that it was still to be sent.',
        params: anyWebhook,
        ok: Int32Message,
      }),
    },
    async (request, reply) => {
      const by = request.caller;
      const id = request.params.WebhookId;
      await removeWebhook(deps, { companyId: by.companyId, by, id });
      return sendMessage(reply, id);
    },
  );
}

const TestQuery = Type.Object({
  logicbrokerkey: filter(
    'LogicbrokerKey',
    plainText({ description: 'The document that the message is about; left out: none.' }),
  ),
});

function testRoute(api: Api, version: ApiVersion, deps: WebhookRouteDeps): void {
  const test = createTestWebhook(deps);
  api.get(
    '/Webhooks/:WebhookId/Test',
    {
      config: { filterPrefix: '' },
      schema: operation(version, 'testWebhook', WEBHOOK_TAG, 'Try a webhook', {
        description:
          'Sends one message at once, also to a webhook that is switched off, and answers how the receiver has taken it.',
        params: anyWebhook,
        querystring: TestQuery,
        ok: StringMessage,
      }),
    },
    async (request, reply) => {
      const by = request.caller;
      const { logicbrokerkey: key } = request.query;
      const documentKey = key === undefined ? {} : { documentKey: keyIn(key) };
      const id = request.params.WebhookId;
      const { isTaken, outcome, durationMs } = await test({
        companyId: by.companyId,
        by,
        id,
        ...documentKey,
      });
      const verdict = isTaken ? 'The receiver has taken it' : 'The receiver has not taken it';
      return sendMessage(reply, `${verdict}: ${outcome}, after ${durationMs} ms.`);
    },
  );
}

function keyIn(text: string): number {
  const key = readKey(text);
  if (key !== null) return key;
  throw new AppError('not-found', 'There is no such document.', {
    details: [{ field: 'LogicbrokerKey', message: 'is not known' }],
  });
}

function toDetails(webhook: Webhook): object {
  const { id, format, address, topic, state, stateReason, createdAt, updatedAt } = webhook;
  return {
    Id: id,
    Format: format,
    Address: address,
    Topic: topic,
    Enabled: state === 'on',
    CreatedAt: toIsoSeconds(createdAt),
    UpdatedAt: toIsoSeconds(updatedAt),
    StatusReason: stateReason ?? undefined,
  };
}

const bodyExamples = {
  orders: {
    summary: 'Everything about orders',
    value: { Format: 'json', Address: 'https://erp.example.com/hooks', Topic: 'order' },
  },
};
