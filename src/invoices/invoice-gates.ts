import type { ConnectionSettings } from '../connections/settings.js';
import { pass, refuse, type Gate } from '../kernel/gate.js';

/** What decides whether an invoice is kept. */
export interface InvoiceFacts {
  settings: Pick<ConnectionSettings, 'acceptInvoices'>;
}

export const invoiceGates: readonly Gate<InvoiceFacts>[] = [
  {
    name: 'invoices-accepted',
    rule: 'TikTok Shop takes no invoices. Where acceptInvoices is set on the connection they are kept, and sent nowhere.',
    decide: ({ settings }) =>
      settings.acceptInvoices
        ? pass('The connection keeps invoices; they are sent nowhere.')
        : refuse(
            'TikTok Shop takes no invoices; an order is complete when it is shipped.',
            'Send no invoices, or have acceptInvoices set on the connection: then they are kept, and sent nowhere.',
          ),
  },
];
