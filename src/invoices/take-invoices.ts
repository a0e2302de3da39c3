import { hashOfContent } from '../documents/content-hash.js';
import { writeJson } from '../formats/json.js';
import { passGates } from '../kernel/gate.js';
import {
  INVOICE_RENDERER_VERSION,
  readInvoice,
  renderInvoice,
  type InvoiceInput,
} from '../logicbroker/map-invoice.js';
import { StatusCode } from '../logicbroker/statuses.js';
import type { Taken, Taking } from '../orders/taking.js';
import { invoiceGates } from './invoice-gates.js';

/**
 * How invoices are taken: see `takeAll` in orders/take-documents.ts. The document is all that is kept of one, and nothing
 * follows from it.
 */
export const invoiceTaking: Taking<InvoiceInput, null, null> = {
  type: 'invoice',
  rendererVersion: INVOICE_RENDERER_VERSION,
  numberField: 'InvoiceNumber',
  whenTaken: 'Use a new number.',
  isReplaceable: false,
  read: readInvoice,
  numberOf: ({ invoiceNumber }) => invoiceNumber,
  hash: ({ StatusCode: _status, ...content }) => hashOfContent(content),
  readFacts: async () => null,
  decide({ order: { connection } }) {
    passGates(invoiceGates, connection);
    return null;
  },
  statusOf: () => StatusCode.ignored,
  text,
  created: ({ item: { input } }) => ({
    event: 'invoice-created',
    summary: `Invoice ${input.invoiceNumber} received. It is kept and sent nowhere: TikTok Shop takes no invoices.`,
  }),
  store: async () => [],
};

function text({ item, order, head }: Taken<InvoiceInput, null>): string {
  return writeJson(
    renderInvoice({
      key: head.key,
      senderId: head.senderCompanyId,
      receiverId: head.receiverCompanyId,
      statusCode: head.statusCode,
      documentDate: head.documentDate,
      order: { linkKey: head.linkKey, tiktokOrderId: order.record.order.tiktokOrderId },
      input: item.document,
    }),
  );
}
