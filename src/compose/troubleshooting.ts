import { acknowledgementGateHelp } from '../acknowledgements/acknowledgement-gate-help.js';
import { cancellationGateHelp } from '../cancellations/cancellation-gate-help.js';
import { feedGateHelp } from '../inventory/feed/feed-gate-help.js';
import { invoiceGateHelp } from '../invoices/invoice-gate-help.js';
import { pushGateHelp } from '../inventory/rules/push-gate-help.js';
import { shipStationGateHelp } from '../channels/shipstation/shipstation-gate-help.js';
import { errorHelp } from '../kernel/error-help.js';
import { errorCatalogue } from '../kernel/errors.js';
import type { GateHelp, Help } from '../kernel/help.js';
import { orderGateHelp } from '../orders/order-gate-help.js';
import { listingGateHelp } from '../products/review/listing-gates.js';
import { returnAnswerGateHelp, returnImportGateHelp } from '../returns/return-gate-help.js';
import { shipmentGateHelp } from '../shipments/shipment-gate-help.js';
import { codeHelp, type CodeHelp } from '../tiktok/code-help.js';

/** In the order in which a person comes across them. */
export const gateHelp: readonly GateHelp[] = [
  orderGateHelp,
  shipmentGateHelp,
  shipStationGateHelp,
  acknowledgementGateHelp,
  cancellationGateHelp,
  returnImportGateHelp,
  returnAnswerGateHelp,
  invoiceGateHelp,
  feedGateHelp,
  pushGateHelp,
  listingGateHelp,
];

/** What a gate decides in one of the questions. */
interface GateEntry extends Help {
  question: string;
  rule: string;
}

export interface Troubleshooting {
  /** By question: the names of its gates. */
  questions: { question: string; gates: string[] }[];
  /** By name: the same name may decide about several things. */
  gates: { name: string; entries: GateEntry[] }[];
  errors: (Help & { name: string; status: number })[];
  codes: CodeHelp[];
}

/**
 * Everything that the page on troubleshooting shows.
 * @throws Error for a gate without help, so that the page never lacks one
 */
export function troubleshooting(topics: readonly GateHelp[] = gateHelp): Troubleshooting {
  const gates = new Map<string, GateEntry[]>();
  for (const { question, gates: list, help } of topics) {
    for (const { name, rule } of list) {
      const found = help[name];
      if (!found) throw new Error(`The gate ${name} has no help: ${question}.`);
      gates.set(name, [...(gates.get(name) ?? []), { question, rule, cause: found.cause, next: found.next }]);
    }
  }
  return {
    questions: topics.map(({ question, gates: list }) => ({ question, gates: list.map(({ name }) => name) })),
    gates: [...gates]
      .map(([name, entries]) => ({ name, entries }))
      .toSorted((a, b) => a.name.localeCompare(b.name, 'en')),
    errors: Object.entries(errorHelp).map(([name, help]) => ({
      name,
      status: errorCatalogue[name as keyof typeof errorCatalogue].status,
      ...help,
    })),
    codes: codeHelp(),
  };
}
