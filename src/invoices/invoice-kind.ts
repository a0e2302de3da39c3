import type { DocumentKind } from '../documents/document-kind.js';
import {
  CreatedInvoiceMessage,
  Invoice,
  invoiceEnvelopes,
  invoiceExamples,
} from '../logicbroker/invoice-schema.js';
import type { JsonObject } from '../logicbroker/json-reading.js';
import { StatusCode, statuses } from '../logicbroker/statuses.js';
import { takeOne } from '../orders/take-documents.js';
import type { TakeDeps } from '../orders/taking.js';
import { invoiceTaking } from './take-invoices.js';

const MOST_INVOICES_OF_AN_ORDER = 1_000;

const STAYS = 'an invoice stays Ignored, since TikTok Shop takes none';

/** Accepted and ignored: for ERPs whose clients post an invoice for every order, whoever wants it. */
export function invoiceKind(deps: TakeDeps): DocumentKind {
  return {
    type: 'invoice',
    about: 'What you charged for; TikTok Shop takes no invoices, so they are kept at most, and sent nowhere.',
    listName: 'Invoices',
    bodyName: 'Invoice',
    readyStatuses: [StatusCode.submitted],
    eventsPaths: ['Events'],
    byHand: {
      // Only to where it is, so that a client that gives it up is content.
      moves: { [StatusCode.ignored]: [] },
      refusals: Object.fromEntries(statuses.invoice.map(({ code }) => [code, STAYS])),
    },
    envelopes: invoiceEnvelopes,
    personal: null,
    post: {
      verb: 'create',
      summary: 'Send an invoice, which is kept at most',
      description:
        'The order is found by Identifier.LinkKey or PartnerPO. TikTok Shop takes no invoices: without the setting ' +
        'acceptInvoices of the connection this is refused; with it the invoice is kept as Ignored (1400) and sent nowhere. ' +
        'The same InvoiceNumber with the same content again answers the existing key.',
      schema: Invoice,
      examples: invoiceExamples,
      created: CreatedInvoiceMessage,
      take: ({ companyId, by, orderKey, kept }) =>
        takeOne(deps, invoiceTaking, { companyId, by }, { orderKey, document: kept as JsonObject }),
    },
    ofOrder: {
      most: MOST_INVOICES_OF_AN_ORDER,
      post: {
        summary: 'Send an invoice for this order',
        description: 'As POST Invoices, for the order in the path.',
        created: CreatedInvoiceMessage,
      },
    },
  };
}
