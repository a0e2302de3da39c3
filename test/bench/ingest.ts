import type { Benchmark } from './benchmark.js';
import { connectShop, recordPages, startShopWithOrders } from './connected-shop.js';
import { interleave, judge, longEnough, type Report } from './harness.js';
import { copyIngest, countRows, dumpRows, productIngest, wroteAll } from './ingest-variants.js';

/** Orders from the simulator's JSON to rows and documents, called directly, against the limit. */
export const ingestBenchmark: Benchmark = {
  name: 'ingest',
  about: "orders from TikTok's JSON into rows and documents, on one connection",
  async run({ server, quick }): Promise<Report> {
    const [orders, rounds] = quick ? [300, 1] : [5_000, 5];
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

    const figures = await interleave([fresh, again, copy], rounds);
    for (const variant of [fresh, copy]) await variant.close();
    const bytes = [...texts.values()].reduce((sum, text) => sum + text.length, 0);
    return {
      benchmark: this.about,
      unit: 'orders',
      settings: {
        orders,
        'pages of': 100,
        JSON: `${Math.round(answers.reduce((sum, { text }) => sum + text.length, 0) / orders)} B an order`,
        'rows and texts': `${Math.round(bytes / orders)} B an order`,
      },
      figures,
      verdicts: judge(figures, [{ of: fresh.name, against: copy.name, atLeast: 0.15 }]),
      guards: [
        wroteAll(fresh, wanted),
        wroteAll(again, wanted),
        wroteAll(copy, wanted),
        { name: 'orders are whole', ok: wanted.orders === orders, detail: JSON.stringify(wanted) },
        ...(quick ? [] : [longEnough(figures, 0.2)]),
      ],
      notes: {},
    };
  },
};
