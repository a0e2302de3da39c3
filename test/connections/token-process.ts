/**
 * A process of its own that refreshes tokens without a pause, with the encryption keys that it is given, until it is told to
 * end. Started by key-rotation.test.ts with what it needs as JSON in its first argument; tells what it does line by line.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { createKeyKeeper } from '../../src/compose/key-keeper.js';
import { accessTokensFor, type TokenDeps } from '../../src/connections/access-token.js';
import { messageOf } from '../../src/kernel/errors.js';
import type { Logger } from '../../src/kernel/log.js';
import { systemClock } from '../../src/kernel/time.js';
import { createHttpDoor } from '../../src/outbound/http-door.js';
import { openDatabase } from '../../src/store/database.js';
import { createSealer } from '../../src/store/secrets.js';
import type { TikTokApp } from '../../src/tiktok/client.js';
import { hostsFor } from '../../src/tiktok/hosts.js';
import { createTokenApi } from '../../src/tiktok/token-api.js';

export interface TokenOrder {
  name: string;
  databaseUrl: string;
  simulatorUrl: string;
  keys: { id: string; hex: string }[];
  app: TikTokApp;
  authorizationIds: number[];
}

const order = JSON.parse(process.argv[2] ?? '{}') as TokenOrder;
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const nothing = (): void => undefined;
const log: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing, child: () => log };
const db = openDatabase({ url: order.databaseUrl, prismaConnections: 3, readConnections: 1 });
const sealer = createSealer(order.keys.map(({ id, hex }) => ({ id, bytes: Buffer.from(hex, 'hex') })));
const keeper = createKeyKeeper({ db, sealer, log, role: order.name });
const door = createHttpDoor({ clock: systemClock });
const deps: TokenDeps = {
  db,
  clock: systemClock,
  log,
  sealer,
  tiktok: {
    apps: { simulator: order.app },
    tokenApi: createTokenApi({
      door,
      hosts: (environment) =>
        hostsFor(environment, { allowSimulator: true, simulatorOrigin: order.simulatorUrl }),
      log,
    }),
  },
};

const ending = new AbortController();
process.once('SIGTERM', () => ending.abort());
try {
  await keeper.join();
  say('joined');
  while (!ending.signal.aborted) {
    for (const id of order.authorizationIds) {
      const tokens = accessTokensFor(deps, id);
      try {
        const { version } = await tokens.current();
        await tokens.refresh(version);
        say('refreshed');
      } catch (error) {
        say(`error ${messageOf(error)}`);
      }
    }
    await sleep(20);
  }
} catch (error) {
  say(`refused ${messageOf(error)}`);
}
await keeper.leave();
await door.close();
await db.close();
