import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { audit } from '../../audit/audit.js';
import { may } from '../../companies/permissions.js';
import { AppError } from '../../kernel/errors.js';
import { StatusCode } from '../../logicbroker/statuses.js';
import { findOrderByDocument } from '../../orders/order-store.js';
import type { OrderExplanation } from '../../orders/order-explanation.js';
import { documentInPath, kindOfType } from '../documents-access.js';
import { readForm } from '../forms.js';
import { html, type Html } from '../html.js';
import { notice } from '../layout.js';
import { chip } from '../parts/chip.js';
import { facts, card } from '../parts/card.js';
import { postForm } from '../parts/post-form.js';
import { orderStateChip, statusChip } from '../parts/status-chip.js';
import { showTime } from '../parts/times.js';
import type { PortalDeps } from '../portal-deps.js';
import { reachOf, type Reach } from '../reach.js';
import { effectsOfDocuments, historyOf } from '../reports/history-report.js';
import { shopName } from '../reports/needs-report.js';
import { placeOfOrder } from '../reports/order-report.js';
import { sendPage } from '../send-page.js';
import { actorOf, requireSession } from '../session-guard.js';
import { doneText } from './done-texts.js';
import { cancellationsCard, orderPage, whyCard } from './order-page.js';
import { wordsOf } from './order-list-routes.js';
import { statusForm } from './status-form.js';

/** One order, with or without a document. */
export function registerOrderPages(app: FastifyInstance, deps: PortalDeps): void {
  app.get('/orders/:id', (request, reply) => showOrder(deps, request, reply, false));

  // Answered with the page itself: nothing keeps what it shows.
  app.post('/orders/:id/buyer', async (request, reply) => {
    const { document, by } = await documentInPath(deps, request, 'order');
    const { companyId, connectionId, key } = document;
    await deps.db.transaction((tx) =>
      audit(tx, by, [{ action: 'buyer.shown', subject: `order ${key}`, companyId, connectionId }]),
    );
    return showOrder(deps, request, reply, true);
  });

  app.get('/orders/tiktok/:order', async (request, reply) => {
    const session = requireSession(request);
    const tiktokOrderId = orderInPath(request);
    const by = actorOf(request);
    const reach = await reachOf(deps.db.prisma, by);
    const place = await placeOfOrder(deps.db.prisma, reach.companyIds, tiktokOrderId);
    if (place && place.documentKey !== null) return reply.redirect(`/orders/${place.documentKey}`, 303);
    const explanation = await explainAnywhere(
      deps,
      place ? [place.companyId] : reach.companyIds,
      tiktokOrderId,
    );
    if (explanation.documentKey !== null) return reply.redirect(`/orders/${explanation.documentKey}`, 303);
    const mayAct = may(by, 'operate') && explanation.state !== 'unknown';
    const body = unseenPage(explanation, reach, session, mayAct, doneText(request));
    return sendPage(reply, {
      title: `Order ${tiktokOrderId}`,
      session,
      body,
      crumbs: [['/orders', 'Orders']],
      beside: stateChip(explanation),
    });
  });

  app.post('/orders/tiktok/:order/pull', async (request, reply) => {
    const tiktokOrderId = orderInPath(request);
    const by = actorOf(request);
    const reach = await reachOf(deps.db.prisma, by);
    const place = await placeOfOrder(deps.db.prisma, reach.companyIds, tiktokOrderId);
    for (const companyId of place ? [place.companyId] : reach.companyIds) {
      if (await deps.lookAgain({ companyId, tiktokOrderId, by }))
        return reply.redirect(`/orders/tiktok/${tiktokOrderId}?done=looked`, 303);
    }
    throw new AppError('not-found', `None of your connected shops shows an order ${tiktokOrderId}.`);
  });
}

async function showOrder(
  deps: PortalDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  isUnmasked: boolean,
): Promise<FastifyReply> {
  const session = requireSession(request);
  const { prisma } = deps.db;
  const { document, by } = await documentInPath(deps, request, 'order');
  const { companyId, key, linkKey } = document;
  const [record, explanation, history, reach] = await Promise.all([
    findOrderByDocument(deps.db, { companyId, documentKey: key }),
    deps.explainOrder({ companyId, key }),
    historyOf(prisma, { companyId, linkKey }),
    reachOf(prisma, by),
  ]);
  if (!record) throw new AppError('not-found', `There is no order ${key}.`);
  const effects = await effectsOfDocuments(prisma, [key, ...explanation.documents.map((each) => each.key)]);
  const mayAct = may(by, 'operate');
  const failed = explanation.documents.filter(({ statusCode }) => statusCode === StatusCode.failed);
  const body = html`${done(doneText(request))}
  ${failed.map(({ type, key: child, reference, errorMessage }) =>
    notice(
      'bad',
      `${reference} has failed: ${errorMessage ?? 'no reason is known.'}`,
      undefined,
      html`<a class="button small" href="/${type}s/${child}">Look and mend</a>`,
    ),
  )}
  ${record.cancelRequest && notice('warn', 'The buyer asks to cancel this order.', 'Cancelling the order approves it; shipping it rejects it.', mayAct && html`<a class="button small" href="/orders/${key}/cancel">Approve: cancel the order</a>`)}
  ${orderPage({
    now: deps.clock.now(),
    document,
    record,
    connection: reach.connections.find(({ id }) => id === document.connectionId),
    explanation,
    history,
    effects,
    isUnmasked,
    mayAct,
    session,
  })}`;
  const { tiktokOrderId, status } = record.order;
  return sendPage(reply, {
    title: `Order ${tiktokOrderId}`,
    session,
    body,
    crumbs: [
      ['/orders', 'Orders'],
      [
        `/orders?shop=${document.connectionId}`,
        shopName(reach.connections.find(({ id }) => id === document.connectionId)),
      ],
    ],
    beside: html`${statusChip('order', document.statusCode)}
      ${failed.length > 0 && chip('bad', `${failed.length} failed`)}
      <span class="muted s">TikTok: ${wordsOf(status)} · key ${key}</span>`,
    actions:
      mayAct &&
      html`<a class="button" href="/orders/${key}/ship">Ship items</a>
        <a class="button quiet" href="/orders/${key}/cancel">Cancel order</a>
        ${document.statusCode < StatusCode.readyToShip && postForm(session, `/orders/${key}/accept`, 'Accept')}
        ${postForm(session, `/orders/tiktok/${tiktokOrderId}/pull`, 'Look again at TikTok')}
        ${statusForm(session, kindOfType(deps, 'order'), document)}`,
  });
}

function done(text: string | null): Html | null {
  return text === null ? null : notice('good', text);
}

/** The first company that knows it, TikTok being asked; else what the last one says. */
async function explainAnywhere(
  deps: PortalDeps,
  companyIds: readonly number[],
  tiktokOrderId: string,
): Promise<OrderExplanation> {
  let last: OrderExplanation | null = null;
  for (const companyId of companyIds) {
    last = await deps.explainOrder({ companyId, tiktokOrderId });
    if (last.state !== 'unknown') return last;
  }
  if (last) return last;
  throw new AppError('not-found', 'There is no company yet whose shops could be asked.');
}

function stateChip({ state }: OrderExplanation): Html {
  if (state === 'unknown') return chip('idle', 'Unknown');
  return state === 'not_pulled' ? chip('hold', 'Not read yet') : orderStateChip(state);
}

function unseenPage(
  explanation: OrderExplanation,
  reach: Reach,
  session: { csrfToken: string },
  mayAct: boolean,
  text: string | null,
): Html {
  const { tiktok, connection, pull, tiktokOrderId } = explanation;
  return html`${done(text)}
    <div class="cols">
      <div class="stack">${whyCard(explanation, 'why')} ${cancellationsCard(explanation)}</div>
      <div class="stack">
        ${card({
          id: 'facts',
          title: 'Facts',
          body: facts([
            [
              'Shop',
              connection
                ? html`<a href="/connections/${connection.id}">${connection.name}</a>`
                : `asked ${reach.connections.length} shops`,
            ],
            ['In TikTok', tiktok && wordsOf(tiktok.status)],
            ['Ordered', tiktok && showTime(tiktok.createdAt)],
            ['Paid', tiktok && tiktok.paidAt && showTime(tiktok.paidAt)],
            ['Looked at again', explanation.releaseAt && showTime(explanation.releaseAt)],
            ['Next order pull', pull && showTime(pull.nextAttemptAt)],
          ]),
        })}
        ${mayAct && postForm(session, `/orders/tiktok/${tiktokOrderId}/pull`, 'Import this order now', '')}
      </div>
    </div>`;
}

function orderInPath(request: FastifyRequest): string {
  const id = readForm(request.params)('order');
  if (/^\d{1,30}$/.test(id)) return id;
  throw new AppError('not-found', 'There is no such page.');
}
