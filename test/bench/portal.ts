import { createOperator } from '../../src/companies/operator-store.js';
import { defaultSessionTimes, startSession } from '../../src/companies/operator-session-store.js';
import { openDatabase } from '../../src/store/database.js';
import { somebody } from '../support/actors.js';
import type { Benchmark } from './benchmark.js';
import { expected, interleave, judge, longEnough, type Report, type Variant } from './harness.js';
import { latencyText, openClient, type Client, type Load } from './http-load.js';
import { openWorld } from './list.js';

const API = '/api/v3/Orders?filters.pageSize=100';
const PAGE = '/orders?size=100';
/** A page of the list takes no more than three times as long as the API's answer of the same orders. */
const LEAST_RATIO = 1 / 3;

/** The list of orders as a person sees it, against the same page of the API. */
export const portalBenchmark: Benchmark = {
  name: 'portal',
  about: 'list page of 100 orders in the portal',
  async run({ server, quick }): Promise<Report> {
    const world = await openWorld({ server, quick });
    const db = openDatabase({ url: world.url, applicationName: 'bench' });
    // As autovacuum has done wherever orders have come in for a while.
    await db.pool.query('VACUUM ANALYZE');
    const account = await createOperator(db.prisma, {
      login: 'bench',
      password: 'a long word for it',
      by: somebody,
    });
    const session = await startSession(db.prisma, account, { now: new Date(), times: defaultSessionTimes });
    await db.close();
    const headers = { cookie: `operator=${session.cookie}`, 'accept-encoding': 'gzip' };
    const pages = openClient(world.origin, '', headers);
    const [rounds, seconds] = quick ? [1, 0.3] : [5, 1.2];
    const loads = new Map<string, Load[]>();
    const over = (name: string, client: Client, path: string): Variant => ({
      name,
      async run() {
        const load = await client.forSeconds(seconds, 1, () => path);
        loads.set(name, [...(loads.get(name) ?? []), load]);
        return load.requests;
      },
    });
    const figures = await interleave([over('page', pages, PAGE), over('API', world.client, API)], rounds);
    const rows = await rowsOfPage(world.origin, headers.cookie);
    const all = [...loads.values()].flat();
    await pages.close();
    await world.close();
    return {
      benchmark: this.about,
      unit: 'pages',
      settings: { rows: 100, clients: 1 },
      figures,
      verdicts: judge(figures, [{ of: 'page', against: 'API', atLeast: LEAST_RATIO }]),
      guards: [
        expected(
          'failed requests',
          all.reduce((sum, load) => sum + load.failures, 0),
          0,
        ),
        expected('orders on the page', rows, 100),
        ...(quick ? [] : [longEnough(figures, 0.2)]),
      ],
      notes: Object.fromEntries(
        [...loads].map(([name, each]) => [
          name,
          `${latencyText(each.flatMap((load) => load.latenciesMs))}, ${Math.round((each[0]?.bytes ?? 0) / (each[0]?.requests ?? 1))} bytes`,
        ]),
      ),
    };
  },
};

async function rowsOfPage(origin: string, cookie: string): Promise<number> {
  const text = await (await fetch(`${origin}${PAGE}`, { headers: { cookie } })).text();
  return text.split('<th scope="row">').length - 1;
}
