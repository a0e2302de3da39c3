import type { FastifyInstance, FastifyRequest } from 'fastify';
import { parseDateTime } from '../../formats/date-time.js';
import { AppError } from '../../kernel/errors.js';
import { HOUR_MS } from '../../kernel/time.js';
import { removeWebhook, rotateSecret, type WebhookChange } from '../../webhooks/out/manage-webhooks.js';
import { messageIdOf } from '../../webhooks/out/message-store.js';
import { replayWebhook, type ReplayWish } from '../../webhooks/out/replay-webhook.js';
import { createTestWebhook } from '../../webhooks/out/test-webhook.js';
import { wakeWebhook } from '../../webhooks/out/wake-webhooks.js';
import { readForm } from '../forms.js';
import { html, type Html } from '../html.js';
import { csrfField } from '../layout.js';
import { field } from '../parts/field.js';
import type { PortalDeps } from '../portal-deps.js';
import type { MessageRow } from '../reports/webhook-report.js';
import { actorOf } from '../session-guard.js';
import { keepForNextPage } from '../shown-once.js';
import { keepSecret, testOf, webhookInPath } from './webhook-access.js';

const GRACE_HOURS = 24;
const MOST_GRACE_HOURS = 168;
/** Calls of the use case that one click may make; each sends up to a thousand messages again. */
const MOST_ROUNDS = 50;

/** What can be done with a webhook: the API's use cases, each followed by a redirect to its page. */
export function registerWebhookActions(app: FastifyInstance, deps: PortalDeps): void {
  const webhooks = { ...deps, door: deps.publicDoor };
  const test = createTestWebhook(webhooks);

  app.post('/webhooks/:id/test', async (request, reply) => {
    const change = await changeIn(deps, request);
    const { isTaken, outcome, durationMs } = await test(change);
    const verdict = isTaken ? 'The receiver has taken it' : 'The receiver has not taken it';
    const text = `${verdict}: ${outcome}, after ${durationMs} ms.`;
    await keepForNextPage(deps, reply, { about: testOf(change.id), text });
    return reply.redirect(`/webhooks/${change.id}?done=webhook-tested`, 303);
  });

  app.post('/webhooks/:id/rotate', async (request, reply) => {
    const change = await changeIn(deps, request);
    await rotateSecret(webhooks, change, hoursIn(readForm(request.body)('hours')) * HOUR_MS);
    await keepSecret(deps, reply, change);
    return reply.redirect(`/webhooks/${change.id}?done=webhook-rotated`, 303);
  });

  app.post('/webhooks/:id/replay', async (request, reply) => {
    const change = await changeIn(deps, request);
    let wish: ReplayWish | null = wishIn(readForm(request.body));
    for (let round = 0; wish && round < MOST_ROUNDS; round++) {
      const { next } = await replayWebhook(webhooks, change, wish);
      wish = next === null ? null : { ...wish, after: next };
    }
    await wakeWebhook(deps, change);
    return reply.redirect(`/webhooks/${change.id}?done=webhook-replayed`, 303);
  });

  app.post('/webhooks/:id/remove', async (request, reply) => {
    const change = await changeIn(deps, request);
    if (readForm(request.body)('sure') !== 'yes')
      throw new AppError('invalid-request', 'Tick the box to remove the webhook.');
    await removeWebhook(webhooks, change);
    return reply.redirect('/webhooks?done=webhook-removed', 303);
  });
}

/** Which webhook, and who changes it. */
async function changeIn(deps: PortalDeps, request: FastifyRequest): Promise<WebhookChange & { id: number }> {
  const { id, companyId } = await webhookInPath(deps, request);
  return { id, companyId, by: actorOf(request) };
}

/** @throws AppError invalid-request */
function hoursIn(text: string): number {
  if (/^\d{1,3}$/.test(text) && Number(text) <= MOST_GRACE_HOURS) return Number(text);
  throw new AppError('invalid-request', `The old secret signs for 0 to ${MOST_GRACE_HOURS} hours more.`);
}

function wishIn(read: (name: string) => string): ReplayWish {
  if (read('message') !== '') return { messageId: read('message') };
  if (read('failed') === 'yes') return { onlyFailed: true };
  const to = read('to') === '' ? null : timeIn(read('to'));
  return { from: timeIn(read('from')), ...(to && { to }) };
}

/** As browsers write it, without a zone: it is meant in UTC, as the label says. @throws AppError invalid-request */
function timeIn(text: string): Date {
  const time = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?$/.test(text) ? parseDateTime(`${text}Z`) : null;
  if (time) return time;
  throw new AppError('invalid-request', 'Give the time as 2026-11-30T08:00.');
}

/** Sends one message once more, under its own id. */
export function againForm(session: { csrfToken: string }, { webhookId, position }: MessageRow): Html {
  const id = messageIdOf({ webhookId, position });
  return html`<form method="post" action="/webhooks/${webhookId}/replay">
    ${csrfField(session)}<input type="hidden" name="message" value="${id}" />
    <button class="quiet small">Send again<span class="away">: ${id}</span></button>
  </form>`;
}

/** What is rarely done. */
export function moreForms(session: { csrfToken: string }, path: string): Html {
  return html`<form method="post" action="${path}/replay">
      ${csrfField(session)}<input type="hidden" name="failed" value="yes" />
      <button class="quiet">Send again what was given up</button>
    </form>
    <details>
      <summary>Send the messages of a time again</summary>
      <form method="post" action="${path}/replay">
        ${csrfField(session)} ${field({ name: 'from', label: 'From (UTC)', type: 'datetime-local' })}
        ${field({ name: 'to', label: 'Up to (UTC)', type: 'datetime-local', isOptional: true, hint: 'Left empty: up to now.' })}
        <button class="quiet">Send again</button>
      </form>
    </details>
    <details>
      <summary>Replace the secret</summary>
      <form method="post" action="${path}/rotate">
        ${csrfField(session)}
        ${field({
          name: 'hours',
          label: 'Hours that the old one signs as well',
          type: 'number',
          value: String(GRACE_HOURS),
          min: 0,
          max: MOST_GRACE_HOURS,
        })}
        <button class="quiet">Replace the secret</button>
      </form>
    </details>
    <details>
      <summary>Remove the webhook</summary>
      <form method="post" action="${path}/remove">
        ${csrfField(session)}
        <p class="field">
          <input type="checkbox" id="sure" name="sure" value="yes" required />
          <label class="inline" for="sure">With all that it was still to be sent.</label>
        </p>
        <button class="danger">Remove</button>
      </form>
    </details>`;
}
