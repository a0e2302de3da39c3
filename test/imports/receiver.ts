import { somebody } from '../support/actors.js';
/**
 * A process of its own that receives a file and may begin to read it, until it is killed. Started by durable.test.ts with what
 * it needs as JSON in its first argument; it writes the number of its import to stdout.
 */
import { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { feedKindsOf } from '../../src/compose/feed-kinds.js';
import type { ImportDeps } from '../../src/imports/import-deps.js';
import { readImport } from '../../src/imports/read-import.js';
import { receive } from '../../src/imports/receive.js';
import type { Logger } from '../../src/kernel/log.js';
import { systemClock } from '../../src/kernel/time.js';
import { openDatabase } from '../../src/store/database.js';

export interface ReceiveOrder {
  databaseUrl: string;
  companyId: number;
  connectionId: number;
  text: string;
  /** Reads it, and stops once its rows are written and nothing is committed. */
  reads: boolean;
}

const { databaseUrl, text, reads, ...whose } = JSON.parse(process.argv[2] ?? '{}') as ReceiveOrder;
const nothing = (): void => undefined;
const log: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing, child: () => log };
const base = { db: openDatabase({ url: databaseUrl }), clock: systemClock, log };
const deps: ImportDeps = {
  ...base,
  feedKinds: feedKindsOf(base).map((kind) => ({
    ...kind,
    async apply(tx, work, found) {
      const applied = await kind.apply(tx, work, found);
      process.stdout.write('applied\n');
      await pause(60_000);
      return applied;
    },
  })),
};

const id = await receive(deps, Readable.from([Buffer.from(text)]), {
  by: somebody,
  ...whose,
  feedKind: 'feed',
  via: 'test',
  name: 'stock.csv',
});
process.stdout.write(`${id}\n`);
if (reads) await readImport(deps, id);
await pause(60_000);
