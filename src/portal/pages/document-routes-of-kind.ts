import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { audit } from '../../audit/audit.js';
import { may } from '../../companies/permissions.js';
import { changeOneStatusByHand } from '../../documents/change-status-by-hand.js';
import type { StoredDocument } from '../../documents/document.js';
import { StatusCode } from '../../logicbroker/statuses.js';
import { documentTypeNames, documentTypes, type DocumentType } from '../../logicbroker/document-types.js';
import { AppError } from '../../kernel/errors.js';
import { documentInPath, kindOfType } from '../documents-access.js';
import { readForm } from '../forms.js';
import { html, type Html } from '../html.js';
import { documentHref, kindPaths } from '../kind-paths.js';
import { csrfField, notice } from '../layout.js';
import { card } from '../parts/card.js';
import { statusChip } from '../parts/status-chip.js';
import { postForm } from '../parts/post-form.js';
import type { PortalDeps } from '../portal-deps.js';
import { reachOf } from '../reach.js';
import { effectsOfDocuments, historyOf } from '../reports/history-report.js';
import { shopName } from '../reports/needs-report.js';
import { sendPage } from '../send-page.js';
import { actorOf, requireSession } from '../session-guard.js';
import { documentPage } from './document-page.js';
import { listTexts } from './document-list-pages.js';
import { doneText } from './done-texts.js';
import { statusForm } from './status-form.js';

type Session = { csrfToken: string };

/** Pages of single documents that belong to orders, and the status of every kind. */
export function registerDocumentPages(app: FastifyInstance, deps: PortalDeps): void {
  for (const type of documentTypes) {
    app.post(`${kindPaths[type]}/:id/status`, async (request, reply) => {
      const { document, by } = await documentInPath(deps, request, type);
      const to = Number(readForm(request.body)('to') || NaN);
      if (!Number.isInteger(to)) throw new AppError('invalid-request', 'Choose a status.');
      const which = { by, key: document.key, to };
      await changeOneStatusByHand(deps, kindOfType(deps, type), which, () => undefined);
      return reply.redirect(`${documentHref(type, document.key)}?done=status`, 303);
    });
    if (type === 'order') continue;
    app.get(`${kindPaths[type]}/:id`, (request, reply) => showDocument(deps, request, reply, type, false));
  }

  app.post('/returns/:id/buyer', async (request, reply) => {
    const { document, by } = await documentInPath(deps, request, 'return');
    const { companyId, connectionId, key } = document;
    await deps.db.transaction((tx) =>
      audit(tx, by, [{ action: 'buyer.shown', subject: `return ${key}`, companyId, connectionId }]),
    );
    return showDocument(deps, request, reply, 'return', true);
  });
}

async function showDocument(
  deps: PortalDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  type: DocumentType,
  isUnmasked: boolean,
): Promise<FastifyReply> {
  const session = requireSession(request);
  const { prisma } = deps.db;
  const { document } = await documentInPath(deps, request, type);
  const { companyId, key, linkKey, connectionId, statusCode, errorMessage } = document;
  const kind = kindOfType(deps, type);
  const [explanation, history, effects, reach] = await Promise.all([
    kind.explain?.explain({ companyId, key }) ?? null,
    historyOf(prisma, { companyId, linkKey }),
    effectsOfDocuments(prisma, [key]),
    reachOf(prisma, actorOf(request)),
  ]);
  const mayAct = may(actorOf(request), 'operate');
  const connection = reach.connections.find(({ id }) => id === connectionId);
  const done = doneText(request);
  const body = html`${done && notice('good', done)}
  ${statusCode === StatusCode.failed && notice('bad', `It has failed: ${errorMessage ?? 'no reason is known.'}`, undefined, mayAct && mendActions(session, type, key))}
  ${documentPage({
    now: deps.clock.now(),
    document,
    shop: connection ? html`<a href="/connections/${connection.id}">${shopName(connection)}</a>` : 'closed',
    explanation: explanation && (JSON.parse(JSON.stringify(explanation)) as Record<string, unknown>),
    history,
    effects,
    isUnmasked,
    unmask: type === 'return' && mayAct && !isUnmasked ? unmaskCard(session, key) : null,
  })}`;
  return sendPage(reply, {
    title: `${documentTypeNames[type]} ${document.reference}`,
    session,
    body,
    crumbs: [
      [kindPaths[type], listTexts[type]?.title ?? `${documentTypeNames[type]}s`],
      ...(document.parentKey === null
        ? []
        : ([[`/orders/${document.parentKey}`, `Order ${document.partnerPo ?? ''}`]] as const)),
    ],
    beside: html`${statusChip(type, statusCode)} <span class="muted s">key ${key}</span>`,
    actions: mayAct && html`${ownActions(session, type, document)} ${statusForm(session, kind, document)}`,
  });
}

function mendActions(session: Session, type: DocumentType, key: number): Html {
  const again = html`<form method="post" action="${documentHref(type, key)}/status">
    ${csrfField(session)}<input type="hidden" name="to" value="${StatusCode.submitted}" />
    <button class="quiet small">Send again as it is</button>
  </form>`;
  return type === 'shipment'
    ? html`<a class="button small" href="/shipments/${key}/correct">Correct and send again</a>${again}`
    : again;
}

/** What TikTok asks of the seller; in the words of the API's statuses, so that both do the same. */
function ownActions(session: Session, type: DocumentType, { key, statusCode }: StoredDocument): Html | null {
  const answer = (to: number, label: string, look: string): Html =>
    html`<form method="post" action="${documentHref(type, key)}/status">
      ${csrfField(session)}<input type="hidden" name="to" value="${to}" /><button class="${look}">
        ${label}
      </button>
    </form>`;
  if (type === 'return' && statusCode === StatusCode.underReview)
    return html`${answer(StatusCode.responseReceived, 'Accept the request', '')}
    ${answer(StatusCode.complete, 'Goods are back: refund', 'quiet')}`;
  if (type === 'return' && statusCode === StatusCode.responseReceived)
    return answer(StatusCode.complete, 'Goods are back: refund', '');
  if (type === 'shipment' && statusCode !== StatusCode.failed)
    return html`<a class="button quiet" href="/shipments/${key}/correct">Correct the tracking number</a>`;
  return null;
}

function unmaskCard(session: Session, key: number): Html {
  return card({
    id: 'buyer',
    title: 'Buyer',
    body: html`<p>What the buyer wrote and showed is hidden.</p>
      ${postForm(session, `/returns/${key}/buyer`, 'Show it', 'quiet small')}
      <p class="s muted">That you have looked is written into the activity.</p>`,
  });
}
