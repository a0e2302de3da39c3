import type { Benchmark } from './benchmark.js';
import { connectShop, recordPages, startShopWithOrders } from './connected-shop.js';
import { interleave, judge, longEnough, ratioNote, type Report } from './harness.js';
import {
  copyIngest,
  countRows,
  dumpRows,
  flatUpsertIngest,
  nestedUpsertIngest,
  partOf,
  productIngest,
  wroteAll,
} from './ingest-variants.js';

/** Orders from the simulator's JSON to rows and documents, called directly, against the limit and the usual way. */
export const ingestBenchmark: Benchmark = {
  name: 'ingest',
  about: "orders from TikTok's JSON into rows and documents, on one connection",
  async run({ server, quick }): Promise<Report> {
    const [orders, upserted, rounds] = quick ? [300, 100, 1] : [5_000, 250, 5];
    const shop = await startShopWithOrders(orders);
    const base = await server.create('bench_ingest');
    const connected = await connectShop(base, shop);
    const answers = await recordPages(base, connected, shop.simulator.url);
    await shop.simulator.close();

    const variantDeps = async (name: string) => ({ server, url: await server.create(name, 'bench_ingest') });
    const own = await variantDeps('bench_ingest_product');
    const { fresh, again, db } = await productIngest(own, connected, answers);
    await fresh.before?.();
    await fresh.run();
    const wanted = await countRows(db.pool);
    const texts = await dumpRows(own.url);
    const copy = await copyIngest(await variantDeps('bench_ingest_copy'), texts, orders);
    const upsert = await nestedUpsertIngest(await variantDeps('bench_ingest_upsert'), db, upserted);
    const tuned = await flatUpsertIngest(await variantDeps('bench_ingest_tuned'), db, upserted);

    const figures = await interleave([fresh, again, copy, upsert, tuned], rounds);
    for (const variant of [fresh, copy, upsert, tuned]) await variant.close();
    const bytes = [...texts.values()].reduce((sum, text) => sum + text.length, 0);
    return {
      benchmark: this.about,
      unit: 'orders',
      settings: {
        orders,
        'orders of the loop': upserted,
        'pages of': 100,
        JSON: `${Math.round(answers.reduce((sum, { text }) => sum + text.length, 0) / orders)} B an order`,
        'rows and texts': `${Math.round(bytes / orders)} B an order`,
      },
      figures,
      verdicts: judge(figures, [
        { of: fresh.name, against: copy.name, atLeast: 0.15 },
        { of: fresh.name, against: upsert.name, atLeast: 20 },
      ]),
      guards: [
        wroteAll(fresh, wanted),
        wroteAll(again, wanted),
        wroteAll(copy, wanted),
        wroteAll(upsert, partOf(wanted, upserted / orders)),
        wroteAll(tuned, partOf(wanted, upserted / orders)),
        { name: 'orders are whole', ok: wanted.orders === orders, detail: JSON.stringify(wanted) },
        ...(quick ? [] : [longEnough(figures, 0.2)]),
      ],
      notes: ratioNote(figures, fresh.name, tuned.name),
    };
  },
};
