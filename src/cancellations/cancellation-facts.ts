import { findOwnCancelsOf, type OwnCancel } from '../acknowledgements/acknowledgement-store.js';
import type { Connection } from '../connections/connection.js';
import type { OrderRecord } from '../orders/order-record.js';
import type { Tx } from '../store/database.js';
import type { CancellationFacts } from './cancellation-gates.js';
import { findToldUnits } from './cancellation-store.js';

/** What the ERP knows of the orders of a page, besides the orders themselves. */
export interface Standings {
  /** Which pieces acknowledgements tell of, and for which cancellation; grows while a page is decided. */
  told: { orderId: bigint; cancelId: string; unitIds: readonly string[] }[];
  /** The ERP's own cancellations, by our order id. */
  own: ReadonlyMap<bigint, OwnCancel>;
}

export async function standingsOf(
  tx: Tx,
  { companyId, records }: { companyId: number; records: readonly OrderRecord[] },
): Promise<Standings> {
  const orderIds = records.filter(({ state }) => state === 'exported').map(({ id }) => id);
  if (orderIds.length === 0) return { told: [], own: new Map() };
  return {
    told: await findToldUnits(tx, orderIds),
    own: await findOwnCancelsOf(tx, { companyId, orderIds }),
  };
}

/** What the gates look at. */
export function factsOf(
  { companyId, settings }: Pick<Connection, 'companyId' | 'settings'>,
  cancellation: CancellationFacts['cancellation'] & { cancelId: string },
  record: OrderRecord | null,
  { told, own }: Standings,
): CancellationFacts {
  const others = told.filter(
    (each) => each.orderId === record?.id && each.cancelId !== cancellation.cancelId,
  );
  return {
    cancellation,
    settings,
    order: record && {
      state: record.state,
      isOurs: record.companyId === companyId,
      isCancelled: record.order.status === 'CANCELLED',
      units: record.units,
    },
    own: (record && own.get(record.id)) ?? null,
    told: new Set(others.flatMap(({ unitIds }) => unitIds)),
  };
}
