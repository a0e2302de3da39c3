import type { ShipStation } from './custom-store-client.js';

/** What became of one label. */
interface PackedParcel {
  order: string;
  tracking: string;
  /** HTTP status of the store's answer, and its words. */
  status: number;
  text: string;
}

/**
 * A packer at work: fetches orders, and ships all that is to be packed. Of an order with several pieces the first one goes
 * in a parcel of its own, as happens when the rest lies elsewhere.
 * @param newTracking makes the number of the next label
 */
export async function packAll(shipStation: ShipStation, newTracking: () => string): Promise<PackedParcel[]> {
  await shipStation.refresh();
  const orderOf = new Map<string, string>();
  for (const { number, state, open } of shipStation.orders.values()) {
    if (state !== 'awaiting') continue;
    const left = [...open].filter(([, pieces]) => pieces > 0);
    const [first] = left;
    if (!first) continue;
    const [line, pieces] = first;
    const isSeveral = left.length > 1 || pieces > 1;
    const rest = Object.fromEntries(left.map(([each, count]) => [each, each === line ? count - 1 : count]));
    for (const parcel of isSeveral ? [{ [line]: 1 }, rest] : [{ [line]: 1 }]) {
      const tracking = newTracking();
      shipStation.ship(number, { tracking, pieces: parcel });
      orderOf.set(tracking, number);
    }
  }
  const answers = await shipStation.tell();
  return answers.map((answer) => ({ order: orderOf.get(answer.tracking) ?? '', ...answer }));
}
