import type { OrderReference } from '../domain/order.js';
import { AppError, type ErrorDetail } from '../kernel/errors.js';
import { toIsoSeconds } from '../kernel/time.js';
import { checkLength } from './field-reading.js';
import { object, text, type JsonObject } from './json-reading.js';
import { sentHead } from './sent-head.js';

/** Raised by whoever changes what `renderInvoice` writes. */
export const INVOICE_RENDERER_VERSION = 1;

/** What is read of an invoice: which it is, and of which order. */
export interface InvoiceInput {
  invoiceNumber: string;
  order: OrderReference;
}

/**
 * A v3 Invoice in our words. Its lines and sums are kept as they are and judged by nobody.
 * @throws AppError invalid-document
 */
export function readInvoice(document: JsonObject): InvoiceInput {
  const problems: ErrorDetail[] = [];
  const invoiceNumber = text(document['InvoiceNumber']);
  if (invoiceNumber === null)
    problems.push({ field: 'InvoiceNumber', message: 'required: your own number of this invoice' });
  checkLength(invoiceNumber, 'InvoiceNumber', problems);
  if (problems.length > 0)
    throw new AppError('invalid-document', 'The invoice cannot be read.', { details: problems });
  const identifier = object(document['Identifier']);
  return {
    invoiceNumber: invoiceNumber ?? '',
    order: {
      linkKey: text(identifier['LinkKey']),
      partnerPo: text(document['PartnerPO']),
      sourceKey: text(identifier['SourceKey']),
    },
  };
}

/** What an invoice's document is made of. */
export interface InvoiceFacts {
  key: number;
  senderId: number;
  receiverId: number;
  statusCode: number;
  documentDate: Date;
  order: { linkKey: string; tiktokOrderId: string };
  /** As the ERP sent it. */
  input: JsonObject;
}

/**
 * The v3 Invoice as the ERP reads it back: all that it sent, completed by the order's own words. `StatusCode` is the first
 * member (see documents/document.ts).
 */
export function renderInvoice(facts: InvoiceFacts): JsonObject {
  const { input, order } = facts;
  const documentDate = toIsoSeconds(facts.documentDate);
  return {
    ...sentHead({ ...facts, linkKey: order.linkKey, sourceKey: order.tiktokOrderId }),
    SenderCompanyId: facts.senderId,
    ReceiverCompanyId: facts.receiverId,
    DocumentDate: documentDate,
    InvoiceDate: input['InvoiceDate'] ?? documentDate,
    OrderNumber: text(input['OrderNumber']) ?? order.tiktokOrderId,
    PartnerPO: order.tiktokOrderId,
  };
}
