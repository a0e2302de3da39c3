import type { Carton, ShippableOrder, ShipmentLine } from '../domain/shipment.js';
import { unitLineOf } from '../domain/bundle.js';
import type { ErrorDetail } from '../kernel/errors.js';
import type { PlannedPart } from '../domain/shipment.js';

type OrderLine = ShippableOrder['lines'][number];

/** Where the document speaks of goods in a bundle. */
export type GoodsPlace = Pick<PlannedPart, 'path' | 'linePath' | 'lineNumber' | 'piecesEach'>;

/** One carton of one line, with all that is needed to pick its pieces. */
export interface Wish {
  /** Place in the document; parts are answered in this order. */
  index: number;
  line: ShipmentLine;
  carton: Carton;
  lineNumber: string;
  quantity: number;
  quantityPath: string;
  /** Ids that the ERP names. An ERP may echo all ids of the order's line, so they limit the choice, no more. */
  unitIds: readonly string[];
  /** The order's line that the document names; of a bundle, one of those of its goods. */
  named: OrderLine;
  goods?: readonly GoodsPlace[];
}

/** Of two numbers that contradict each other nobody can tell which one was meant. */
function checkSum(line: ShipmentLine, problems: ErrorDetail[]): void {
  const { quantity, cartons, path } = line;
  const held = cartons.map((carton) => carton.quantity);
  if (quantity === null || held.includes(null)) return;
  const total = held.reduce<number>((sum, count) => sum + (count ?? 0), 0);
  if (total === quantity) return;
  const [only] = cartons;
  problems.push(
    cartons.length === 1 && only
      ? { field: `${only.path}.Qty`, message: `${pieces(total)}, but ${path}.Quantity says ${quantity}` }
      : {
          field: `${path}.Quantity`,
          message: `${pieces(quantity)}, but its ShipmentInfos hold ${total} (Qty ${held.join(' + ')})`,
        },
  );
}

function pieces(count: number): string {
  return `${count} ${count === 1 ? 'piece' : 'pieces'}`;
}

/** What a line of the document wants, carton by carton. Problems are added to the list. */
export function wishesOf(
  line: ShipmentLine,
  orderLine: OrderLine,
  from: number,
  problems: ErrorDetail[],
): Wish[] {
  checkSum(line, problems);
  const wishes: Wish[] = [];
  const isSingle = line.cartons.length === 1;
  for (const carton of line.cartons) {
    checkCarton(carton, problems);
    const ownCount = carton.unitIds.length || (isSingle ? line.unitIds.length : 0);
    const quantity = carton.quantity ?? (isSingle ? line.quantity : null) ?? (ownCount || null);
    const quantityPath =
      carton.quantity === null && isSingle ? `${line.path}.Quantity` : `${carton.path}.Qty`;
    if (quantity === null) {
      problems.push({ field: quantityPath, message: 'required: how many pieces are in this package' });
      continue;
    }
    if (quantity < 0) problems.push({ field: quantityPath, message: `must be at least 1, not ${quantity}` });
    // A carton without pieces is here only where its line has some, which is told above.
    if (quantity < 1) continue;
    wishes.push({
      index: from + wishes.length,
      line,
      carton,
      lineNumber: unitLineOf(orderLine),
      named: orderLine,
      quantity,
      quantityPath,
      unitIds: carton.unitIds.length > 0 ? carton.unitIds : line.unitIds,
    });
  }
  return wishes;
}

function checkCarton(carton: Carton, problems: ErrorDetail[]): void {
  if (carton.trackingNumber === null) {
    problems.push({ field: `${carton.path}.TrackingNumber`, message: 'required' });
  } else if (carton.trackingProblem !== null) {
    problems.push({ field: `${carton.path}.TrackingNumber`, message: carton.trackingProblem });
  }
  const { providerId, carrierCode, classCode, path } = carton.carrier;
  if (providerId === null && carrierCode === null && classCode === null) {
    problems.push({
      field: `${path}.CarrierCode`,
      message: 'required: a CarrierCode, or TikTok’s provider id as ReceiverClassCode',
    });
  }
}
