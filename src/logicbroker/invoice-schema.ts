import { Contact, headFields, OrderLine } from './common.js';
import { createdMessage, envelopesOf } from './envelopes.js';
import { dateTime, decimal, named, partsOf, ref, text } from './schema.js';

const { ExpectedDeliveryDate: _notOnInvoices, ...head } = headFields;

export const Invoice = named(
  'Invoice',
  'What the seller charges for an order. TikTok takes no invoices: a kept one is Ignored (1400) and sent nowhere.',
  {
    InvoiceLines: partsOf(OrderLine),
    InvoiceNumber: text("The seller's number of the invoice, once per order.", 'I-1'),
  },
  {
    ...head,
    RemitToAddress: ref(Contact),
    InvoiceDate: dateTime(),
    InvoiceTotal: decimal(),
  },
);

const created = createdMessage('CreateInvoiceResponse', 'The invoice that was stored.');
export const CreatedInvoiceMessage = created.message;

export const invoiceEnvelopes = envelopesOf(Invoice, {
  more: [created.body, created.message],
  wrapped: { name: 'GetInvoiceResponse', member: 'Invoice', description: 'One invoice.' },
  listName: 'Invoices',
  ofOrder: { name: 'SalesOrderInvoices', description: 'The invoices of an order.' },
});

export const invoiceExamples = {
  invoice: {
    summary: 'The invoice of an order: kept where acceptInvoices is set, and sent nowhere',
    value: {
      InvoiceNumber: 'I-1',
      PartnerPO: '576461413038785752',
      InvoiceTotal: 59.97,
      InvoiceLines: [
        { LineNumber: '1', ItemIdentifier: { SupplierSKU: 'TEE-RED-L' }, Quantity: 3, Price: 19.99 },
      ],
    },
  },
};
