import { somebody } from '../support/actors.js';
import fc from 'fast-check';
import t from 'tap';
import { getConnection } from '../../src/connections/connection-store.js';
import type { Connection } from '../../src/connections/connection.js';
import { zeroOut } from '../../src/inventory/items/change-items.js';
import { feedKindsOf } from '../../src/compose/feed-kinds.js';
import { noteArrivals, type Arrival } from '../../src/imports/import-arrivals.js';
import { systemClock } from '../../src/kernel/time.js';
import { recordingLog } from '../support/logs.js';
import { createSeller } from '../support/builders.js';
import { testDatabase } from '../support/database.js';
import { takeItems } from '../imports/take-items.js';

const db = await testDatabase(t);
const deps = { db, clock: systemClock, log: recordingLog() };
const imports = { ...deps, feedKinds: feedKindsOf(deps) };

const SKUS = ['A', 'B'];
const CODES = ['EAST', 'West'];

interface Row {
  sku: string;
  /** Null: a 0 without a code. */
  code: string | null;
  quantity: number;
  cost: number | null;
}

/** What is done, in this order; a file arrives at one time and is applied at another. */
type Step = { do: 'arrive' | 'apply'; feed: number } | { do: 'zero out' };

const row = fc.record({
  sku: fc.constantFrom(...SKUS),
  code: fc.constantFrom('EAST', 'East', 'West', null),
  quantity: fc.nat(3),
  cost: fc.constantFrom(null, 1, 2),
});

/** Feeds, and an order in which they arrive and are applied, with a ZeroOut somewhere or not at all. */
const story = fc
  .array(fc.array(row, { minLength: 1, maxLength: 4 }), { minLength: 2, maxLength: 4 })
  .chain((feeds) => fc.tuple(fc.constant(feeds), fc.boolean()))
  .chain(([feeds, withZeroOut]) => {
    const all = [...feeds.flatMap((_, feed) => [feed, feed]), ...(withZeroOut ? [-1] : [])];
    return fc.record({
      feeds: fc.constant(feeds),
      steps: fc.shuffledSubarray(all, { minLength: all.length }).map((order): Step[] => {
        const seen = new Set<number>();
        return order.map((feed) => {
          if (feed === -1) return { do: 'zero out' };
          const isSecond = seen.has(feed);
          seen.add(feed);
          return { do: isSecond ? 'apply' : 'arrive', feed };
        });
      }),
    });
  });

function itemsOf(rows: Row[]): object[] {
  return rows.map(({ sku, code, quantity, cost }) => ({
    SupplierSKU: sku,
    Warehouse: code ?? '',
    Quantity: code === null ? '0' : String(quantity),
    Cost: cost === null ? '' : String(cost),
  }));
}

interface Said {
  n: number;
  place: number;
  value: number;
}

const later = (a: Said, b: Said | undefined): boolean =>
  !b || a.n > b.n || (a.n === b.n && a.place > b.place);

/** What each SKU has in each warehouse, and costs, when every value is ordered by when its file arrived. */
function wanted(feeds: Row[][], numbers: number[], zeroes: number[]): Record<string, number | undefined> {
  const newest = new Map<string, Said>();
  const say = (key: string, said: Said): void => {
    if (later(said, newest.get(key))) newest.set(key, said);
  };
  const sayAll = (sku: string, said: Said): void => {
    for (const code of CODES) say(`${sku} ${code.toLowerCase()}`, said);
  };
  for (const [feed, rows] of feeds.entries()) {
    const n = numbers[feed]!;
    for (const [place, { sku, code, quantity, cost }] of rows.entries()) {
      if (code === null) sayAll(sku, { n, place, value: 0 });
      else say(`${sku} ${code.toLowerCase()}`, { n, place, value: quantity });
      if (cost !== null) say(`${sku} costs`, { n, place, value: cost });
    }
  }
  for (const n of zeroes) for (const sku of SKUS) sayAll(sku, { n, place: 0, value: 0 });
  return Object.fromEntries(
    SKUS.flatMap((sku) =>
      [...CODES.map((code) => code.toLowerCase()), 'costs'].map((name) => {
        const key = `${sku} ${name}`;
        return [key, newest.get(key)?.value];
      }),
    ),
  );
}

/** The same as the items say it. */
async function stored(connectionId: number): Promise<Record<string, number | undefined>> {
  const items = await db.prisma.inventoryItem.findMany({ where: { connectionId } });
  return Object.fromEntries(
    SKUS.flatMap((sku): [string, number | undefined][] => {
      const item = items.find(({ skuKey }) => skuKey === sku.toLowerCase());
      const single = {
        code: item?.warehouse ?? null,
        quantity: item?.quantity,
        n: Number(item?.countN ?? 0),
      };
      const cells = (item?.warehouses as unknown as (typeof single)[] | null) ?? [single];
      const valueOf = (code: string): number | undefined => {
        let best: Said | undefined;
        for (const [place, cell] of cells.entries()) {
          const means = cell.code === null ? cell.quantity === 0 : cell.code.toLowerCase() === code;
          const said = { n: cell.n, place, value: cell.quantity ?? 0 };
          if (means && later(said, best)) best = said;
        }
        return best?.value;
      };
      const cost = item?.cost === null || item?.cost === undefined ? undefined : Number(item.cost);
      return [
        ...CODES.map((code): [string, number | undefined] => [
          `${sku} ${code.toLowerCase()}`,
          valueOf(code.toLowerCase()),
        ]),
        [`${sku} costs`, cost],
      ];
    }),
  );
}

await t.test(
  'whatever the order in which files are applied, each value is that of the file that arrived last',
  async (t) => {
    const { connectionId } = await createSeller(db);
    const connection: Connection = await getConnection(db.prisma, { id: connectionId });
    const arrive = async (): Promise<Arrival> =>
      (await noteArrivals(deps, [connection], { kind: 'feed', via: 'test', by: somebody }))[0]!;
    const take = (arrival: Arrival, rows: Row[]) => takeItems(imports, arrival, itemsOf(rows));
    await fc.assert(
      fc.asyncProperty(story, async ({ feeds, steps }) => {
        await db.prisma.inventoryItem.deleteMany({ where: { connectionId } });
        const first = SKUS.flatMap((sku) => CODES.map((code) => ({ sku, code, quantity: 9, cost: 9 })));
        const begin = await arrive();
        await take(begin, first);
        const arrivals: Arrival[] = [];
        const zeroes: number[] = [];
        for (const step of steps) {
          if (step.do === 'zero out') {
            await zeroOut(deps, connection, somebody);
            const state = await db.prisma.inventoryState.findUniqueOrThrow({ where: { connectionId } });
            zeroes.push(Number(state.zeroN));
          } else if (step.do === 'arrive') arrivals[step.feed] = await arrive();
          else await take(arrivals[step.feed]!, feeds[step.feed]!);
        }
        const numbers = [begin, ...feeds.map((_, feed) => arrivals[feed]!)].map(({ importId }) => importId);
        const should = JSON.stringify(wanted([first, ...feeds], numbers, zeroes));
        const is = JSON.stringify(await stored(connectionId));
        if (is !== should) throw new Error(`${is} should be ${should}`);
      }),
      { numRuns: 25 },
    );
    t.pass('all of them');
  },
);
