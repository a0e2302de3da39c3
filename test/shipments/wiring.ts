import { findCancelling } from '../../src/acknowledgements/acknowledgement-store.js';
import { documentKinds, effectsOf } from '../../src/compose/kinds.js';
import type { ConnectionsDeps } from '../../src/connections/connections-deps.js';
import { openShop } from '../../src/connections/open-shop.js';
import type { Logger } from '../../src/kernel/log.js';
import type { ShipmentDeps } from '../../src/shipments/shipment-deps.js';
import type { Database } from '../../src/store/database.js';
import { createCallBudget } from '../../src/sync/budgets/budgets.js';
import type { EffectRegistry } from '../../src/sync/effects/outbox.js';
import type { CallBudget } from '../../src/tiktok/client.js';
import type { HttpDoor } from '../../src/outbound/http-door.js';
import type { Clock } from '../../src/kernel/time.js';
import { silentLog } from '../support/logs.js';
import { connectionsTo } from '../support/test-world.js';

export { silentLog as silent };
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
  const { db, clock, door, log = silentLog, budget = (own) => own } = place;
  const connections = connectionsTo({
    db,
    clock,
    log,
    door,
    key: place.key,
    tiktok: { simulatorOrigin: place.simulatorUrl },
    budget: budget(createCallBudget({ db: db.prisma }, fastRates)),
  });
  return { connections, ...useCasesOf(connections) };
}

/** The use cases of orders and shipments over these connections. */
function useCasesOf(connections: ConnectionsDeps): Omit<Wiring, 'connections'> {
  const { db, clock, log } = connections;
  const deps: ShipmentDeps = {
    db,
    clock,
    log,
    openShop: (id, lane, fence) => openShop(connections, id, lane, fence),
    findCancelling,
  };
  return { deps, effects: effectsOf(documentKinds(deps)) };
}
