import type { GateHelp } from '../kernel/help.js';
import { invoiceGates } from './invoice-gates.js';

export const invoiceGateHelp: GateHelp = {
  question: 'Is an invoice kept?',
  gates: invoiceGates,
  help: {
    'invoices-accepted': {
      cause:
        'The ERP posts an invoice, TikTok Shop takes none, and the connection does not keep them either.',
      next: 'Have the ERP send no invoices, or set `acceptInvoices` on the connection: then they are kept as Ignored and sent nowhere.',
    },
  },
};
