import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { possibleReasons } from '../../acknowledgements/cancel-reasons.js';
import { readReasonList } from '../../acknowledgements/reason-list.js';
import { getConnection } from '../../connections/connection-store.js';
import type { StoredDocument } from '../../documents/document.js';
import { findChildren } from '../../documents/document-store.js';
import { AppError } from '../../kernel/errors.js';
import { findOrderByDocument } from '../../orders/order-store.js';
import type { OrderRecord } from '../../orders/order-record.js';
import { documentInPath, kindOfType } from '../documents-access.js';
import { readForm } from '../forms.js';
import { html } from '../html.js';
import { csrfField, notice } from '../layout.js';
import { dataTable } from '../parts/data-table.js';
import { field, filledWith, nothingFilled, problemSummary, type Filled } from '../parts/field.js';
import { card } from '../parts/card.js';
import type { PortalDeps } from '../portal-deps.js';
import { sendPage } from '../send-page.js';
import { requireSession } from '../session-guard.js';
import { linesOfOrder, type LineCount } from './order-lines-view.js';
import { wordsOf } from './order-list-routes.js';
import { valuesOf } from './ship-routes.js';

/** Accepting and cancelling an order: both are acknowledgements, as the ERP sends them. */
export function registerCancelPages(app: FastifyInstance, deps: PortalDeps): void {
  app.get('/orders/:id/cancel', (request, reply) => showForm(deps, request, reply, nothingFilled));

  app.post('/orders/:id/cancel', async (request, reply) => {
    const { document, by } = await documentInPath(deps, request, 'order');
    const { companyId, key } = document;
    const record = await recordOf(deps, document);
    const lines = linesOfOrder(record).filter((line) => left(line) > 0);
    const content = {
      ...(await headOf(deps, document, record)),
      ChangeReason: readForm(request.body)('reason'),
      AckLines: lines.map((line) => ({
        LineNumber: line.number,
        ItemIdentifier: { SupplierSKU: line.supplierSku },
        QuantityCancelled: left(line),
      })),
    };
    try {
      await kindOfType(deps, 'acknowledgement').post?.take({
        companyId,
        by,
        document: content,
        kept: content,
      });
      return await reply.redirect(`/orders/${key}?done=cancelling`, 303);
    } catch (error) {
      if (!(error instanceof AppError) || error.status >= 500) throw error;
      const filled = filledWith(valuesOf(request.body), error, ({ field: path = '' }) =>
        /ChangeReason/.test(path) ? 'reason' : '',
      );
      return showForm(deps, request, reply.code(error.status), filled);
    }
  });

  app.post('/orders/:id/accept', async (request, reply) => {
    const { document, by } = await documentInPath(deps, request, 'order');
    const { companyId, key } = document;
    const record = await recordOf(deps, document);
    const content = {
      ...(await headOf(deps, document, record)),
      AckLines: linesOfOrder(record).map((line) => ({
        LineNumber: line.number,
        ItemIdentifier: { SupplierSKU: line.supplierSku },
        Quantity: line.ordered,
      })),
    };
    await kindOfType(deps, 'acknowledgement').post?.take({ companyId, by, document: content, kept: content });
    return reply.redirect(`/orders/${key}?done=accepted`, 303);
  });
}

function left({ ordered, cancelled }: LineCount): number {
  return ordered - cancelled;
}

async function recordOf(deps: PortalDeps, { companyId, key }: StoredDocument): Promise<OrderRecord> {
  const record = await findOrderByDocument(deps.db, { companyId, documentKey: key });
  if (record) return record;
  throw new AppError('not-found', `There is no order ${key}.`);
}

/** A number that no acknowledgement of the order has, and which order it is. */
async function headOf(deps: PortalDeps, { companyId, key, linkKey }: StoredDocument, { order }: OrderRecord) {
  const children = await findChildren(deps.db, { companyId, parentKey: key });
  const count = children.filter(({ type }) => type === 'acknowledgement').length;
  return {
    AcknowledgementNumber: `P-${key}-${count + 1}`,
    PartnerPO: order.tiktokOrderId,
    Identifier: { LinkKey: linkKey },
  };
}

async function showForm(
  deps: PortalDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  filled: Filled,
): Promise<FastifyReply> {
  const session = requireSession(request);
  const { document } = await documentInPath(deps, request, 'order');
  const { key } = document;
  const record = await recordOf(deps, document);
  const { prisma } = deps.db;
  const connection = await getConnection(prisma, { id: record.connectionId });
  const { status: tiktokStatus, tiktokOrderId } = record.order;
  const list = await readReasonList(prisma, { connectionId: connection.id, tiktokStatus });
  const reasons = possibleReasons({
    region: connection.shopRegion ?? '',
    tiktokStatus,
    live: list?.reasons ?? null,
  });
  const lines = linesOfOrder(record).filter((line) => left(line) > 0);
  const body = html`${problemSummary(filled)}
    ${record.cancelRequest && notice('warn', 'The buyer has asked for this: cancelling approves the request.')}
    ${card({
      id: 'pieces',
      title: 'What is cancelled',
      isFull: true,
      body: dataTable({
        caption: 'What is cancelled',
        rows: lines,
        empty: 'Every piece is cancelled already.',
        columns: [
          { title: 'SKU', cell: ({ supplierSku }) => supplierSku },
          { title: 'Product', cell: ({ name }) => name },
          { title: 'Pieces', isNumber: true, cell: left },
        ],
      }),
      foot: 'TikTok takes cancellations of whole orders from here; single pieces are cancelled in Seller Center.',
    })}
    <form method="post" action="/orders/${key}/cancel">
      ${csrfField(session)}
      <section>
        ${field({
          name: 'reason',
          label: 'Reason',
          hint: `What TikTok takes from shops in ${connection.shopRegion ?? 'this region'}.`,
          filled,
          choices: [
            ['', 'choose'],
            ...reasons.map(({ tiktokReason, changeReasons }): [string, string] => [
              tiktokReason,
              changeReasons[0] ? `${wordsOf(tiktokReason)} (${changeReasons[0]})` : wordsOf(tiktokReason),
            ]),
          ],
        })}
        <p>TikTok refunds the buyer, and counts the cancellation by its reason. It cannot be taken back.</p>
        <div class="row">
          <button class="danger">Ask TikTok to cancel</button><a href="/orders/${key}">Back to the order</a>
        </div>
      </section>
    </form>`;
  return sendPage(reply, {
    title: `Cancel order ${tiktokOrderId}`,
    session,
    body,
    crumbs: [
      ['/orders', 'Orders'],
      [`/orders/${key}`, `Order ${tiktokOrderId}`],
    ],
  });
}
