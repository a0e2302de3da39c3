/**
 * A process of its own that dies between TikTok's answer and the save. Started by access-token.test.ts with what it needs
 * as JSON in its first argument.
 */
import { accessTokensFor, type TokenDeps } from '../../src/connections/access-token.js';
import { openDatabase } from '../../src/store/database.js';
import { createSealer } from '../../src/store/secrets.js';
import { hostsFor } from '../../src/tiktok/hosts.js';
import { createHttpDoor } from '../../src/outbound/http-door.js';
import { createTokenApi } from '../../src/tiktok/token-api.js';
import type { TikTokApp } from '../../src/tiktok/client.js';
import { systemClock } from '../../src/kernel/time.js';
import type { Logger } from '../../src/kernel/log.js';

export interface CrashOrder {
  databaseUrl: string;
  simulatorUrl: string;
  sealingKeyHex: string;
  app: TikTokApp;
  authorizationId: number;
  failedVersion: number;
}

const order = JSON.parse(process.argv[2] ?? '{}') as CrashOrder;
const nothing = (): void => undefined;
const log: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing, child: () => log };
const real = createTokenApi({
  door: createHttpDoor({ clock: systemClock }),
  hosts: (environment) =>
    hostsFor(environment, { allowSimulator: true, simulatorOrigin: order.simulatorUrl }),
  log,
});
const deps: TokenDeps = {
  db: openDatabase({ url: order.databaseUrl }),
  clock: systemClock,
  log,
  sealer: createSealer([{ id: 'test', bytes: Buffer.from(order.sealingKeyHex, 'hex') }]),
  tiktok: {
    apps: { simulator: order.app },
    tokenApi: {
      ...real,
      async refreshToken(app, refreshToken) {
        await real.refreshToken(app, refreshToken);
        process.kill(process.pid, 'SIGKILL');
        return new Promise(() => undefined);
      },
    },
  },
};
await accessTokensFor(deps, order.authorizationId).refresh(order.failedVersion);
