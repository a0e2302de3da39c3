import type { ErrorDetail } from '../../kernel/errors.js';
import { html, type Html } from '../html.js';
import { csrfField } from '../layout.js';
import { field, problemSummary, type Filled } from '../parts/field.js';
import { queryWith } from '../parts/list-parts.js';
import type { LineCount } from './order-lines-view.js';

export const MOST_PARCELS = 10;

interface ShipFormView {
  session: { csrfToken: string };
  orderKey: number;
  /** Lines with open pieces. */
  lines: readonly LineCount[];
  parcels: number;
  /** Null: TikTok could not be asked; then the carrier is a text. */
  carriers: readonly { id: string; name: string }[] | null;
  rule: string;
  number: string;
  filled: Filled;
}

/** Parcels of an order: carrier, tracking number and how many pieces of each line. */
export function shipForm(view: ShipFormView): Html {
  const { session, orderKey, parcels, filled, rule, number } = view;
  const action = `/orders/${orderKey}/ship${queryWith({ parcels: String(parcels) })}`;
  return html`${problemSummary(filled)}
    <form method="post" action="${action}">
      ${csrfField(session)}
      <section>
        <p>${rule}</p>
        ${field({ name: 'number', label: 'Number of the shipment', hint: 'Yours; once per order.', value: number, filled })}
      </section>
      ${Array.from({ length: parcels }, (_, index) => parcel(view, index + 1))}
      <div class="row">
        <button>Send to TikTok</button>
        ${parcels < MOST_PARCELS && html`<a href="/orders/${orderKey}/ship${queryWith({ parcels: String(parcels + 1) })}">One parcel more</a>`}
        <a href="/orders/${orderKey}">Back to the order</a>
      </div>
    </form>`;
}

function parcel({ lines, parcels, carriers, filled }: ShipFormView, nth: number): Html {
  const heading = parcels === 1 ? 'Parcel' : `Parcel ${nth}`;
  return html`<section aria-labelledby="parcel-${nth}">
    <h2 id="parcel-${nth}">${heading}</h2>
    ${field({
      name: `carrier-${nth}`,
      label: 'Carrier',
      hint: carriers
        ? 'The list is TikTok’s, for this order.'
        : 'TikTok could not be asked for its list; write the name or its id.',
      filled,
      ...(carriers && {
        choices: [['', 'choose'] as const, ...carriers.map(({ id, name }) => [id, name] as const)],
      }),
    })}
    ${field({ name: `tracking-${nth}`, label: 'Tracking number', filled })}
    ${lines.map((line) =>
      field({
        name: `pieces-${nth}-${line.number}`,
        label: `Pieces of ${line.supplierSku}`,
        hint: `${line.name}; ${line.open} open`,
        type: 'number',
        min: 0,
        max: line.open,
        value: nth === 1 ? String(line.open) : '0',
        filled,
        isOptional: true,
      }),
    )}
  </section>`;
}

/** The shipment as the API takes it, and which parcel each carton of a line is, for messages. */
interface WrittenShipment {
  document: object;
  fieldOf(detail: ErrorDetail): string;
}

/** @param read what was typed, by the names of fields; @param isListed the carrier is an id of TikTok's list */
export function shipmentOf(
  read: (name: string) => string,
  { lines, parcels, isListed }: { lines: readonly LineCount[]; parcels: number; isListed: boolean },
): WrittenShipment {
  const places: number[][] = [];
  const ShipmentLines = lines.flatMap((line) => {
    const cartons = Array.from({ length: parcels }, (_, index) => index + 1).flatMap((nth) => {
      const pieces = Number(read(`pieces-${nth}-${line.number}`) || 0);
      return Number.isInteger(pieces) && pieces > 0 ? [{ nth, pieces }] : [];
    });
    if (cartons.length === 0) return [];
    places.push(cartons.map(({ nth }) => nth));
    return [
      {
        LineNumber: line.number,
        ItemIdentifier: { SupplierSKU: line.supplierSku },
        Quantity: cartons.reduce((sum, { pieces }) => sum + pieces, 0),
        ShipmentInfos: cartons.map(({ nth, pieces }) => ({
          TrackingNumber: read(`tracking-${nth}`),
          [isListed ? 'ReceiverClassCode' : 'CarrierCode']: read(`carrier-${nth}`),
          Qty: pieces,
        })),
      },
    ];
  });
  return {
    document: { ShipmentNumber: read('number'), ShipmentLines },
    fieldOf: ({ field: path = '' }) => {
      if (path === 'ShipmentNumber') return 'number';
      const [, line, carton, member = ''] =
        /^ShipmentLines\[(\d+)\](?:\.ShipmentInfos\[(\d+)\])?\.?(\w*)/.exec(path) ?? [];
      if (line === undefined) return '';
      const nth = places[Number(line)]?.[Number(carton ?? 0)] ?? 1;
      if (member === 'TrackingNumber') return `tracking-${nth}`;
      return /Code$/.test(member) ? `carrier-${nth}` : `pieces-${nth}-${lines[Number(line)]?.number ?? ''}`;
    },
  };
}
