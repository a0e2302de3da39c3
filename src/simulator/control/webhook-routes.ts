import { Type } from 'typebox';

import { doc, failures, type ControlServer } from './control-route.js';
import { NumberParams, Nothing } from './control-schema.js';
import type { SimulatorControl } from './control.js';
import * as schema from './webhook-schema.js';

export function registerWebhookRoutes(server: ControlServer, control: SimulatorControl): void {
  server.get(
    '/webhooks',
    {
      schema: doc('webhooks', 'listWebhooks', 'Where apps want to be told', {
        response: { 200: Type.Array(schema.WebhookAddress), ...failures },
      }),
    },
    () => control.webhooks(),
  );
  server.put(
    '/webhooks',
    {
      schema: doc('webhooks', 'putWebhooks', 'Set the address of an app, as in Partner Center', {
        body: schema.NewWebhookAddress,
        response: { 200: Type.Array(schema.WebhookAddress), ...failures },
      }),
    },
    (request) => control.putWebhooks(request.body),
  );
  server.get(
    '/webhooks/pushes',
    {
      schema: doc('webhooks', 'listPushes', 'Events that were sent or are to be sent, with every attempt', {
        querystring: schema.PushQuery,
        response: { 200: Type.Array(schema.PushView), ...failures },
      }),
    },
    (request) => control.pushes(request.query),
  );
  server.post(
    '/webhooks/pushes',
    {
      schema: doc('webhooks', 'push', 'Send an event of any kind', {
        body: schema.NewPush,
        response: { 200: schema.PushView, ...failures },
      }),
    },
    (request) => control.push(request.body),
  );
  server.post(
    '/webhooks/pushes/:id/resend',
    {
      schema: doc('webhooks', 'resendPush', 'Send an event once more', {
        params: NumberParams,
        response: { 200: schema.PushView, ...failures },
      }),
    },
    (request) => control.resendPush(request.params.id),
  );
  server.get(
    '/webhooks/faults',
    {
      schema: doc('webhooks', 'listPushFaults', 'What goes wrong with events', {
        response: { 200: Type.Array(schema.PushFaultView), ...failures },
      }),
    },
    () => control.pushFaults(),
  );
  server.post(
    '/webhooks/faults',
    {
      schema: doc('webhooks', 'addPushFault', 'Let something go wrong with events', {
        body: schema.PushFaultSpec,
        response: { 200: schema.PushFaultView, ...failures },
      }),
    },
    (request) => control.addPushFault(request.body),
  );
  server.delete(
    '/webhooks/faults',
    {
      schema: doc('webhooks', 'clearPushFaults', 'Nothing goes wrong with events any more', {
        response: { 200: Nothing, ...failures },
      }),
    },
    () => {
      control.clearPushFaults();
      return {};
    },
  );
}
