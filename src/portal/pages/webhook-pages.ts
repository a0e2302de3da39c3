import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { may } from '../../companies/permissions.js';
import { AppError } from '../../kernel/errors.js';
import { changeWebhook, createWebhook } from '../../webhooks/out/manage-webhooks.js';
import { listAttempts, type WebhookMessage } from '../../webhooks/out/message-store.js';
import { wakeWebhook } from '../../webhooks/out/wake-webhooks.js';
import { readForm } from '../forms.js';
import { html } from '../html.js';
import { notice } from '../layout.js';
import { PAGE_SIZE, readQuery } from '../list-query.js';
import { card } from '../parts/card.js';
import { chip } from '../parts/chip.js';
import { filledFromBody, nothingFilled, type Filled } from '../parts/field.js';
import { pager, tabs } from '../parts/list-parts.js';
import { postForm } from '../parts/post-form.js';
import type { PortalDeps } from '../portal-deps.js';
import { companyInForm, reachOf } from '../reach.js';
import { messageRows, webhookRows } from '../reports/webhook-report.js';
import { sendPage } from '../send-page.js';
import { actorOf, requireSession } from '../session-guard.js';
import { takeKept } from '../shown-once.js';
import { doneText } from './done-texts.js';
import { againForm, moreForms, registerWebhookActions } from './webhook-actions.js';
import { bodyIn, keepSecret, secretOf, testOf, webhookInPath } from './webhook-access.js';
import {
  attemptTable,
  messageLooks,
  messageTable,
  plainAddress,
  secretCard,
  webhookChip,
  webhookFacts,
  webhookForm,
  webhookLabels,
  webhookTable,
} from './webhook-views.js';

const STATES = ['pending', 'failed', 'delivered'] as const;

/** Addresses that are told of changes, and what became of each message. */
export function registerWebhookPages(app: FastifyInstance, deps: PortalDeps): void {
  registerList(app, deps);
  registerOne(app, deps);
  registerWebhookActions(app, deps);
}

function registerList(app: FastifyInstance, deps: PortalDeps): void {
  const webhooks = { ...deps, door: deps.publicDoor };
  app.get('/webhooks', async (request, reply) => {
    const session = requireSession(request);
    const by = actorOf(request);
    const reach = await reachOf(deps.db.prisma, by);
    const rows = await webhookRows(deps.db.prisma, reach.companyIds);
    const done = doneText(request);
    return sendPage(reply, {
      title: 'Webhooks',
      session,
      body: html`${done && notice('good', done)}${webhookTable(rows, reach, deps.clock.now())}`,
      actions: may(by, 'settings') && html`<a class="button" href="/webhooks/new">New webhook</a>`,
    });
  });

  app.get('/webhooks/new', (request, reply) => showNew(request, reply, nothingFilled));

  app.post('/webhooks', async (request, reply) => {
    const by = actorOf(request);
    const read = readForm(request.body);
    const typed = { company: read('company'), Address: read('Address'), Topic: read('Topic') };
    try {
      const { id: companyId } = companyInForm(await reachOf(deps.db.prisma, by), typed.company);
      const id = await createWebhook(webhooks, { companyId, by }, bodyIn(read));
      await keepSecret(deps, reply, { companyId, by, id });
      return await reply.redirect(`/webhooks/${id}?done=webhook-created`, 303);
    } catch (error) {
      if (!(error instanceof AppError) || error.status >= 500) throw error;
      return showNew(request, reply.code(error.status), filledFromBody(typed, error, webhookLabels));
    }
  });

  async function showNew(request: FastifyRequest, reply: FastifyReply, filled: Filled) {
    const session = requireSession(request);
    const { companies } = await reachOf(deps.db.prisma, actorOf(request));
    const body = webhookForm({ session, filled, action: '/webhooks', webhook: null, companies });
    return sendPage(reply, { title: 'New webhook', session, body, crumbs: [['/webhooks', 'Webhooks']] });
  }
}

function registerOne(app: FastifyInstance, deps: PortalDeps): void {
  const webhooks = { ...deps, door: deps.publicDoor };
  app.get('/webhooks/:id', (request, reply) => showWebhook(deps, request, reply, nothingFilled));

  app.post('/webhooks/:id', async (request, reply) => {
    const webhook = await webhookInPath(deps, request);
    const { id, companyId } = webhook;
    const read = readForm(request.body);
    const typed = { Address: read('Address'), Topic: read('Topic'), Enabled: read('Enabled') };
    try {
      const change = { companyId, by: actorOf(request), id };
      await changeWebhook(webhooks, change, { ...bodyIn(read), Enabled: typed.Enabled !== 'no' });
    } catch (error) {
      if (!(error instanceof AppError) || error.status >= 500) throw error;
      const filled = filledFromBody(typed, error, webhookLabels);
      return showWebhook(deps, request, reply.code(error.status), filled);
    }
    await wakeWebhook(deps, { id, companyId });
    return reply.redirect(`/webhooks/${id}?done=webhook-changed`, 303);
  });

  app.get('/webhooks/:id/messages/:message', async (request, reply) => {
    const session = requireSession(request);
    const webhook = await webhookInPath(deps, request);
    const text = readForm(request.params)('message');
    const position = /^\d{1,18}$/.test(text) ? BigInt(text) : -1n;
    const which = { webhookId: webhook.id, state: null, before: position + 1n, limit: 1 };
    const [message] = await messageRows(deps.db.prisma, which);
    if (message?.position !== position) throw new AppError('not-found', 'There is no such message.');
    const attempts = await listAttempts(deps.db.prisma, { webhookId: webhook.id, position });
    return sendPage(reply, {
      title: `Message ${text}`,
      session,
      body: html`<p>${message.summary}</p>
        ${attemptTable(attempts)}`,
      crumbs: [
        ['/webhooks', 'Webhooks'],
        [`/webhooks/${webhook.id}`, plainAddress(webhook.address)],
      ],
      beside: chip(...(messageLooks[message.state] ?? (['idle', message.state] as const))),
      actions: may(actorOf(request), 'settings') && againForm(session, message),
    });
  });
}

async function showWebhook(
  deps: PortalDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  filled: Filled,
): Promise<FastifyReply> {
  const session = requireSession(request);
  const by = actorOf(request);
  const webhook = await webhookInPath(deps, request);
  const { id, companyId, stateReason } = webhook;
  const query = readQuery(request.query, ['view', 'after']);
  const state = STATES.find((each) => each === query.view) ?? null;
  const before = /^\d{1,18}$/.test(query.after) ? BigInt(query.after) : null;
  const rows = await messageRows(deps.db.prisma, { webhookId: id, state, before, limit: PAGE_SIZE + 1 });
  const shown = rows.slice(0, PAGE_SIZE);
  const next = rows.length > PAGE_SIZE ? String(shown.at(-1)?.position) : null;
  const { companies } = await reachOf(deps.db.prisma, by);
  const now = deps.clock.now();
  const mayChange = may(by, 'settings');
  const [done, tested] = [doneText(request), takeKept(deps, reply, testOf(id))];
  const secret = mayChange ? takeKept(deps, reply, secretOf(id)) : null;
  const path = `/webhooks/${id}`;
  const views = [{ name: 'all', label: 'All' }, ...STATES.map((name) => ({ name, label: viewLabels[name] }))];
  const body = html`${done && notice('good', done)} ${tested && notice('good', tested)}
    ${secret && secretCard(secret)} ${stateReason && notice('bad', stateReason)}
    <div class="cols">
      <div class="stack">
        ${tabs(path, query, views, state ?? 'all')}
        ${card({
          id: 'messages',
          title: 'Messages',
          isFull: true,
          body: messageTable(shown, now, (row) => (mayChange ? againForm(session, row) : html``)),
        })}
        ${pager(path, query, shown.length, next)}
      </div>
      <div class="stack">
        ${webhookFacts(webhook, companies.find((each) => each.id === companyId)?.name, now)}
        ${
          mayChange &&
          html`${card({
            id: 'change',
            title: 'Change',
            body: webhookForm({ session, filled, action: path, webhook, companies: [] }),
          })}
          ${card({ id: 'more', title: 'More', body: moreForms(session, path) })}`
        }
      </div>
    </div>`;
  return sendPage(reply, {
    title: plainAddress(webhook.address),
    session,
    body,
    crumbs: [['/webhooks', 'Webhooks']],
    beside: webhookChip(webhook),
    actions: mayChange && postForm(session, `${path}/test`, 'Send a test', 'quiet'),
  });
}

const viewLabels: Record<WebhookMessage['state'], string> = {
  pending: 'To be sent',
  failed: 'Given up',
  delivered: 'Taken',
};
