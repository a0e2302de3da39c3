import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { alertKinds } from '../../alerts/alert-kinds.js';
import { listAlerts } from '../../alerts/alert-store.js';
import { changeRecipient, createRecipient, removeRecipient } from '../../alerts/manage-recipients.js';
import { findRecipient, listRecipients, type Recipient } from '../../alerts/recipient-store.js';
import { may, mayReach } from '../../companies/permissions.js';
import { AppError } from '../../kernel/errors.js';
import type { AlertRecipientBody } from '../../logicbroker/alert-schema.js';
import { readForm, readId } from '../forms.js';
import { html } from '../html.js';
import { csrfField, notice } from '../layout.js';
import { readQuery } from '../list-query.js';
import { card } from '../parts/card.js';
import { filledFromBody, nothingFilled, type Filled } from '../parts/field.js';
import { tabs } from '../parts/list-parts.js';
import type { PortalDeps } from '../portal-deps.js';
import { companyInForm, reachOf } from '../reach.js';
import { sendPage } from '../send-page.js';
import { actorOf, requireSession } from '../session-guard.js';
import { alertTable, recipientForm, recipientLabels, recipientTable } from './alert-views.js';
import { doneText } from './done-texts.js';

const MOST_ALERTS = 200;
const VIEWS = [
  { name: 'open', label: 'Open' },
  { name: 'over', label: 'Over' },
] as const;
const CRUMBS = [['/alerts', 'Alerts']] as const;

/** What is or was wrong, and who is told of it. */
export function registerAlertPages(app: FastifyInstance, deps: PortalDeps): void {
  const { prisma } = deps.db;
  app.get('/alerts', async (request, reply) => {
    const session = requireSession(request);
    const by = actorOf(request);
    const query = readQuery(request.query, ['view']);
    const isOpen = query.view !== 'over';
    const reach = await reachOf(prisma, by);
    const [alerts, recipients] = await Promise.all([
      Promise.all(
        reach.companyIds.map((companyId) => listAlerts(prisma, { companyId, isOpen }, MOST_ALERTS)),
      ),
      Promise.all(reach.companyIds.map((companyId) => listRecipients(prisma, companyId))),
    ]);
    const mayChange = may(by, 'settings');
    const now = deps.clock.now();
    const done = doneText(request);
    const newest = alerts.flat().toSorted((a, b) => b.beganAt.getTime() - a.beganAt.getTime());
    const body = html`${done && notice('good', done)}
      ${tabs('/alerts', query, VIEWS, isOpen ? 'open' : 'over')}
      <div class="stack">
        ${alertTable(newest.slice(0, MOST_ALERTS), reach, now, isOpen)}
        ${recipientTable(recipients.flat(), reach, now, mayChange)}
      </div>`;
    return sendPage(reply, {
      title: 'Alerts',
      session,
      body,
      actions: mayChange && html`<a class="button" href="/alerts/recipients/new">Tell somebody by mail</a>`,
    });
  });

  app.get('/alerts/recipients/new', (request, reply) => showNew(request, reply, nothingFilled));

  app.post('/alerts/recipients', async (request, reply) => {
    const by = actorOf(request);
    try {
      const { id: companyId } = companyInForm(await reachOf(prisma, by), readForm(request.body)('company'));
      await createRecipient(deps, { companyId, by }, bodyIn(request.body));
    } catch (error) {
      if (!(error instanceof AppError) || error.status >= 500) throw error;
      return showNew(request, reply.code(error.status), filledIn(request.body, error));
    }
    return reply.redirect('/alerts?done=recipient-created', 303);
  });

  app.get('/alerts/recipients/:id', (request, reply) => showOne(request, reply, nothingFilled));

  app.post('/alerts/recipients/:id', async (request, reply) => {
    const { id, companyId } = await recipientInPath(deps, request);
    const isEnabled = readForm(request.body)('Enabled') !== 'no';
    try {
      const change = { companyId, by: actorOf(request), id };
      await changeRecipient(deps, change, { ...bodyIn(request.body), Enabled: isEnabled });
    } catch (error) {
      if (!(error instanceof AppError) || error.status >= 500) throw error;
      return showOne(request, reply.code(error.status), filledIn(request.body, error));
    }
    return reply.redirect(`/alerts/recipients/${id}?done=recipient-changed`, 303);
  });

  app.post('/alerts/recipients/:id/remove', async (request, reply) => {
    const { id, companyId } = await recipientInPath(deps, request);
    await removeRecipient(deps, { companyId, by: actorOf(request), id });
    return reply.redirect('/alerts?done=recipient-removed', 303);
  });

  async function showNew(request: FastifyRequest, reply: FastifyReply, filled: Filled) {
    const session = requireSession(request);
    const { companies } = await reachOf(prisma, actorOf(request));
    const kindsOff = kindsIn(request.body);
    const view = { session, filled, action: '/alerts/recipients', recipient: null, kindsOff, companies };
    return sendPage(reply, {
      title: 'Tell somebody by mail',
      session,
      body: recipientForm(view),
      crumbs: CRUMBS,
    });
  }

  async function showOne(request: FastifyRequest, reply: FastifyReply, filled: Filled) {
    const session = requireSession(request);
    const recipient = await recipientInPath(deps, request);
    const path = `/alerts/recipients/${recipient.id}`;
    const kindsOff = filled === nothingFilled ? recipient.kindsOff : kindsIn(request.body);
    const done = doneText(request);
    const body = html`${done && notice('good', done)}
    ${recipient.stateReason && notice('bad', recipient.stateReason)}
    ${recipientForm({ session, filled, action: path, recipient, kindsOff, companies: [] })}
    ${card({
      id: 'remove',
      title: 'Remove',
      body: html`<form method="post" action="${path}/remove">
        ${csrfField(session)}<button class="danger">Remove, and forget the address</button>
      </form>`,
    })}`;
    return sendPage(reply, { title: recipient.address, session, body, crumbs: CRUMBS });
  }
}

/** Another company's is not there. @throws AppError not-found */
async function recipientInPath({ db }: PortalDeps, request: FastifyRequest): Promise<Recipient> {
  const recipient = await findRecipient(db.prisma, { id: readId(request.params) });
  if (recipient && mayReach(actorOf(request), recipient.companyId)) return recipient;
  throw new AppError('not-found', 'There is no such recipient.');
}

const FIELDS = ['company', 'Address', 'Digest', 'TimeZone', 'QuietFrom', 'QuietTo', 'Enabled'] as const;

function filledIn(body: unknown, error: AppError): Filled {
  const read = readForm(body);
  return filledFromBody(Object.fromEntries(FIELDS.map((name) => [name, read(name)])), error, recipientLabels);
}

/** The form as the API's body. @throws AppError invalid-request for what is no time */
function bodyIn(body: unknown): AlertRecipientBody {
  const read = readForm(body);
  const [from, to] = [timeIn('QuietFrom', read('QuietFrom')), timeIn('QuietTo', read('QuietTo'))];
  return {
    Address: read('Address'),
    Digest: read('Digest'),
    TimeZone: read('TimeZone') || 'UTC',
    KindsOff: kindsIn(body),
    ...(from !== null && { QuietFrom: from }),
    ...(to !== null && { QuietTo: to }),
  };
}

function timeIn(name: string, text: string): string | null {
  if (text === '') return null;
  if (/^([01]\d|2[0-3]):[0-5]\d$/.test(text)) return text;
  throw new AppError('invalid-request', 'The form is not complete.', {
    details: [{ field: name, message: 'must be a time such as 22:00' }],
  });
}

function kindsIn(body: unknown): string[] {
  const read = readForm(body);
  return Object.keys(alertKinds).filter((kind) => read(`off-${kind}`) === 'yes');
}
