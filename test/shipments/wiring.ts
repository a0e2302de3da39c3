import { productFlows } from '../../src/compose/product-flows.js';
import { findCancelling } from '../../src/acknowledgements/acknowledgement-store.js';
import { documentKinds, effectsOf } from '../../src/compose/kinds.js';
import type { ConnectionsDeps } from '../../src/connections/connections-deps.js';
import { openShop } from '../../src/connections/open-shop.js';
import type { Logger } from '../../src/kernel/log.js';
import type { ShipmentDeps } from '../../src/shipments/shipment-deps.js';
import { DEMO_APP_KEY, DEMO_APP_SECRET, DEMO_SERVICE_ID } from '../../src/simulator/server.js';
import type { Database } from '../../src/store/database.js';
import { createSealer } from '../../src/store/secrets.js';
import { createCallBudget } from '../../src/sync/budgets/budgets.js';
import { ensureFlows } from '../../src/sync/flows/flows.js';
import type { EffectRegistry } from '../../src/sync/effects/outbox.js';
import { createTikTokClient, type CallBudget } from '../../src/tiktok/client.js';
import { hostsFor } from '../../src/tiktok/hosts.js';
import type { HttpDoor } from '../../src/outbound/http-door.js';
import { createTokenApi } from '../../src/tiktok/token-api.js';
import type { Clock } from '../../src/kernel/time.js';

export const silent: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silent,
};
const fastRates = { read: { perSecond: 10_000, burst: 10_000 }, write: { perSecond: 10_000, burst: 10_000 } };

export interface Wiring {
  connections: ConnectionsDeps;
  deps: ShipmentDeps;
  effects: EffectRegistry;
}

/** The use cases around shipments, wired as the product wires them, with the simulator as TikTok. */
export function wireUp(place: {
  db: Database;
  clock: Clock;
  log?: Logger;
  door: HttpDoor;
  simulatorUrl: string;
  /** Seals tokens; 32 bytes. */
  key: Buffer;
  budget?: (own: CallBudget) => CallBudget;
}): Wiring {
  const { db, clock, door, log = silent, budget = (own) => own } = place;
  const hostSettings = { allowSimulator: true, simulatorOrigin: place.simulatorUrl };
  const hosts = () => hostsFor('simulator', hostSettings);
  const connections: ConnectionsDeps = {
    db,
    clock,
    log,
    sealer: createSealer([{ id: 'test', bytes: place.key }]),
    tiktok: {
      client: createTikTokClient({ door, hosts, clock, log: silent }),
      tokenApi: createTokenApi({ door, hosts, log: silent }),
      budget: budget(createCallBudget({ db: db.prisma }, fastRates)),
      hostSettings,
      apps: {
        simulator: {
          environment: 'simulator',
          appKey: DEMO_APP_KEY,
          appSecret: DEMO_APP_SECRET,
          serviceId: DEMO_SERVICE_ID,
        },
      },
    },
    ensureFlows: (tx, which) => ensureFlows(tx, { ...which, flows: productFlows }),
  };
  const deps: ShipmentDeps = {
    db,
    clock,
    log,
    openShop: (id, lane, fence) => openShop(connections, id, lane, fence),
    findCancelling,
  };
  return { connections, deps, effects: effectsOf(documentKinds(deps)) };
}
