import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { getConnection } from '../../connections/connection-store.js';
import { findChildren } from '../../documents/document-store.js';
import { AppError } from '../../kernel/errors.js';
import { findOrderByDocument } from '../../orders/order-store.js';
import { shippingRule } from '../../shipments/shipping-rule.js';
import { documentInPath, kindOfType } from '../documents-access.js';
import { readForm } from '../forms.js';
import { notice } from '../layout.js';
import { filledWith, nothingFilled, type Filled } from '../parts/field.js';
import type { PortalDeps } from '../portal-deps.js';
import { sendPage } from '../send-page.js';
import { requireSession } from '../session-guard.js';
import { linesOfOrder } from './order-lines-view.js';
import { MOST_PARCELS, shipForm, shipmentOf } from './ship-form.js';

/** Shipping an order by hand: what is typed goes the way of the ERP's own shipments, with the same rules. */
export function registerShipPages(app: FastifyInstance, deps: PortalDeps): void {
  app.get('/orders/:id/ship', (request, reply) => showForm(deps, request, reply, nothingFilled));

  app.post('/orders/:id/ship', async (request, reply) => {
    const { document, by } = await documentInPath(deps, request, 'order');
    const { companyId, key } = document;
    const { lines, carriers } = await factsOf(deps, companyId, key);
    const read = readForm(request.body);
    const shipment = shipmentOf(read, { lines, parcels: parcelsOf(request), isListed: carriers !== null });
    try {
      const sent = { companyId, by, document: shipment.document, kept: shipment.document, orderKey: key };
      const taken = await kindOfType(deps, 'shipment').post?.take(sent);
      return await reply.redirect(`/shipments/${taken?.key ?? ''}?done=shipped`, 303);
    } catch (error) {
      if (!(error instanceof AppError) || error.status >= 500) throw error;
      return showForm(
        deps,
        request,
        reply.code(error.status),
        filledWith(valuesOf(request.body), error, shipment.fieldOf),
      );
    }
  });
}

async function factsOf(deps: PortalDeps, companyId: number, key: number) {
  const record = await findOrderByDocument(deps.db, { companyId, documentKey: key });
  if (!record) throw new AppError('not-found', `There is no order ${key}.`);
  const [carriers, connection, children] = await Promise.all([
    deps.carriersOf(record),
    getConnection(deps.db.prisma, { id: record.connectionId }),
    findChildren(deps.db, { companyId, parentKey: key }),
  ]);
  return {
    record,
    carriers,
    connection,
    children,
    lines: linesOfOrder(record).filter(({ open }) => open > 0),
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
  const { key, companyId } = document;
  const { record, carriers, connection, children, lines } = await factsOf(deps, companyId, key);
  const shipments = children.filter(({ type }) => type === 'shipment').length;
  const view = { session, orderKey: key, lines, parcels: parcelsOf(request), carriers, filled };
  const body =
    lines.length === 0
      ? notice('warn', 'Nothing of this order is open: every piece is shipped, on its way, or cancelled.')
      : shipForm({ ...view, rule: shippingRule(connection), number: `P-${key}-${shipments + 1}` });
  const { tiktokOrderId } = record.order;
  return sendPage(reply, {
    title: `Ship order ${tiktokOrderId}`,
    session,
    body,
    crumbs: [
      ['/orders', 'Orders'],
      [`/orders/${key}`, `Order ${tiktokOrderId}`],
    ],
  });
}

function parcelsOf(request: FastifyRequest): number {
  const count = Number(readForm(request.query)('parcels') || 1);
  return Number.isInteger(count) && count >= 1 && count <= MOST_PARCELS ? count : 1;
}

/** What was typed, for the form that shows it again. */
export function valuesOf(body: unknown): Record<string, string> {
  const read = readForm(body);
  const names = typeof body === 'object' && body !== null ? Object.keys(body) : [];
  return Object.fromEntries(names.filter((name) => name !== '_csrf').map((name) => [name, read(name)]));
}
