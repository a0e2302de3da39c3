import { productFlows } from '../compose/product-flows.js';
import { composeTikTok } from '../compose/tiktok.js';
import { encryptionKeysOf } from '../config/encryption-key-file.js';
import { openShop, type OpenShop } from '../connections/open-shop.js';
import type { Logger } from '../kernel/log.js';
import type { Database, Tx } from '../store/database.js';
import { createSealer } from '../store/secrets.js';
import { ensureFlows } from '../sync/flows/flows.js';
import { createLogger } from '../telemetry/logging.js';
import type { CommandContext } from './command.js';

/** For a command that talks to a shop itself. Nothing is opened before the first shop is. */
interface ShopAccess {
  db: Database;
  log: Logger;
  openShop: OpenShop;
  close(): Promise<void>;
}

export function shopAccess(context: CommandContext, db: Database): ShopAccess {
  const log = createLogger({ level: 'silent', form: 'json' });
  const { clock } = context;
  const opened: { close(): Promise<void> }[] = [];
  return {
    db,
    log,
    async openShop(connectionId, lane, options) {
      const config = context.config();
      const sealer = createSealer(await encryptionKeysOf(config));
      const { tiktok, door } = composeTikTok(config, {
        db,
        clock,
        log,
        metrics: { observeTikTokCall: () => undefined },
      });
      opened.push(door);
      const deps = { db, clock, log, sealer, tiktok, ensureFlows: flowsOf };
      return openShop(deps, connectionId, lane, options);
    },
    close: async () => void (await Promise.all(opened.map((door) => door.close()))),
  };
}

function flowsOf(tx: Tx, which: { connectionId: number; now: Date }): Promise<void> {
  return ensureFlows(tx, { ...which, flows: productFlows });
}
