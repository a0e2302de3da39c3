import type { FastifyInstance, FastifyRequest } from 'fastify';
import { audit } from '../../audit/audit.js';
import { may } from '../../companies/permissions.js';
import type { Delivery } from '../../deliveries/delivery.js';
import { readContent } from '../../deliveries/delivery-store.js';
import { pickUp } from '../../deliveries/pick-up.js';
import { replayDeliveries } from '../../deliveries/replay-deliveries.js';
import { AppError } from '../../kernel/errors.js';
import { readForm } from '../forms.js';
import { html } from '../html.js';
import { notice } from '../layout.js';
import { daysOf, PAGE_SIZE, readQuery } from '../list-query.js';
import { filters, pager } from '../parts/list-parts.js';
import { postForm } from '../parts/post-form.js';
import type { PortalDeps } from '../portal-deps.js';
import { companyInForm, reachOf } from '../reach.js';
import { deliveryOf, deliveryRows } from '../reports/delivery-report.js';
import { sendPage } from '../send-page.js';
import { actorOf, requireSession } from '../session-guard.js';
import { deliveryChip, deliveryFacts, deliveryStates, deliveryTable } from './delivery-views.js';
import { doneText } from './done-texts.js';
import { registerProfileRoutes } from './profile-pages.js';

const NAMES = ['state', 'profile', 'after'] as const;
const CRUMBS = [['/deliveries', 'Deliveries']] as const;

/** Integration methods: which documents go as files, and what became of each file. */
export function registerDeliveryPages(app: FastifyInstance, deps: PortalDeps): void {
  registerProfileRoutes(app, deps);
  app.get('/deliveries', async (request, reply) => {
    const session = requireSession(request);
    const by = actorOf(request);
    const query = readQuery(request.query, NAMES);
    const reach = await reachOf(deps.db.prisma, by);
    const rows = await deliveryRows(deps.db.prisma, {
      ...query,
      companyIds: reach.companyIds,
      before: /^\d{1,18}$/.test(query.after) ? BigInt(query.after) : null,
      limit: PAGE_SIZE + 1,
    });
    const shown = rows.slice(0, PAGE_SIZE);
    const next = rows.length > PAGE_SIZE ? String(shown.at(-1)?.id) : null;
    const done = doneText(request);
    const body = html`${done && notice('good', done)}
    ${filters('/deliveries', query, [
      {
        name: 'state',
        label: 'State',
        choices: Object.entries(deliveryStates).map(([name, [, words]]) => [name, words]),
      },
      { name: 'profile', label: 'Profile' },
    ])}
    ${deliveryTable(shown, reach, deps.clock.now())} ${pager('/deliveries', query, shown.length, next)}`;
    return sendPage(reply, {
      title: 'Deliveries',
      session,
      body,
      actions: html`<a class="button quiet" href="/deliveries/profiles">Delivery profiles</a>`,
    });
  });

  app.get('/deliveries/:delivery', async (request, reply) => {
    const session = requireSession(request);
    const by = actorOf(request);
    const { delivery, reach } = await deliveryInPath(deps, request);
    const { id, state, lastError, fileName, bytes } = delivery;
    const path = `/deliveries/${id}`;
    const mayAct = may(by, 'operate');
    const done = doneText(request);
    const body = html`${done && notice('good', done)} ${lastError && notice('bad', lastError)}
    ${deliveryFacts(delivery, reach, deps.clock.now())}`;
    return sendPage(reply, {
      title: fileName,
      session,
      body,
      crumbs: CRUMBS,
      beside: deliveryChip(state),
      actions:
        mayAct &&
        html`${bytes > 0 && postForm(session, `${path}/content`, 'Download (stands in the activity)')}
        ${state === 'waiting' && postForm(session, `${path}/picked-up`, 'Mark as picked up')}
        ${bytes > 0 && state !== 'waiting' && postForm(session, `${path}/replay`, 'Have it once more')}`,
    });
  });

  // A form, not a link: the file may say who a buyer is, and that somebody has looked is written down.
  app.post('/deliveries/:delivery/content', async (request, reply) => {
    const by = actorOf(request);
    const { delivery } = await deliveryInPath(deps, request);
    const { id, companyId, connectionId, fileName } = delivery;
    const bytes = await readContent(deps.db.prisma, { companyId, id });
    if (!bytes) throw new AppError('not-found', 'The file is not kept any more.');
    await deps.db.transaction((tx) =>
      audit(tx, by, [
        {
          action: 'buyer.shown',
          subject: `delivery ${id}`,
          companyId,
          ...(connectionId !== null && { connectionId }),
        },
      ]),
    );
    return reply
      .type('application/octet-stream')
      .header('cache-control', 'no-store')
      .header('content-disposition', `attachment; filename="${fileName.replaceAll(/[^\w.-]/g, '_')}"`)
      .send(bytes);
  });

  app.post('/deliveries/:delivery/picked-up', async (request, reply) => {
    const { delivery } = await deliveryInPath(deps, request);
    const { id, companyId } = delivery;
    await pickUp(deps.files, { by: { ...actorOf(request), companyId }, id });
    return reply.redirect(`/deliveries/${id}?done=picked-up`, 303);
  });

  app.post('/deliveries/:delivery/replay', async (request, reply) => {
    const { delivery } = await deliveryInPath(deps, request);
    const { id, companyId } = delivery;
    await replayDeliveries(deps, { companyId, by: actorOf(request) }, { id });
    return reply.redirect(`/deliveries/${id}?done=delivered-again`, 303);
  });

  app.post('/deliveries/replay', async (request, reply) => {
    const by = actorOf(request);
    const read = readForm(request.body);
    const { id: companyId } = companyInForm(await reachOf(deps.db.prisma, by), read('company'));
    const profile = read('profile');
    const days = daysOf({ from: read('from'), to: read('to') });
    if (!days.from) throw new AppError('invalid-request', 'Give the first day.');
    await replayDeliveries(deps, { companyId, by }, { ...days, ...(profile !== '' && { profile }) });
    return reply.redirect('/deliveries?done=delivered-again', 303);
  });
}

/** @throws AppError not-found, also for another company's */
async function deliveryInPath(deps: PortalDeps, request: FastifyRequest) {
  const reach = await reachOf(deps.db.prisma, actorOf(request));
  const text = readForm(request.params)('delivery');
  const id = /^\d{1,18}$/.test(text) ? BigInt(text) : -1n;
  const delivery: Delivery | null = await deliveryOf(deps.db.prisma, reach.companyIds, id);
  if (delivery) return { delivery, reach };
  throw new AppError('not-found', 'There is no such delivery.');
}
