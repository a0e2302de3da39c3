import { removeShipStation, setShipStationPassword } from '../channels/shipstation/manage-shipstation.js';
import { CHANNEL } from '../channels/shipstation/shipstation-actor.js';
import { SHIPSTATION_PATH } from '../channels/shipstation/shipstation-routes.js';
import { actorWords, systemActor } from '../companies/actor.js';
import type { Connector } from '../compose/compose.js';
import { listConnections } from '../connections/connection-store.js';
import type { Connection } from '../connections/connection.js';
import { findChannelLogIn } from '../deliveries/channel-log-in-store.js';
import type { ShipStation } from '../doubles/shipstation/custom-store-client.js';
import { messageOf } from '../kernel/errors.js';
import type { Logger } from '../kernel/log.js';
import { SECOND_MS } from '../kernel/time.js';

const LOOK_MS = 10 * SECOND_MS;
const by = systemActor('demo-packer', 'service');

/**
 * Plays ShipStation and its packer for every shop of the demo: orders come into it after their hold, and leave in one parcel or
 * two. Shops into which somebody has let a ShipStation of his own are left to that.
 */
export async function startDemoPacker(
  { db, clock }: Pick<Connector, 'db' | 'clock'>,
  { url, log, everyMs = LOOK_MS }: { url: string; log: Logger; everyMs?: number },
): Promise<{ stop(): Promise<void> }> {
  // Not in the image: only who asks for it needs it.
  const { createShipStation } = await import('../doubles/shipstation/custom-store-client.js');
  const { packAll } = await import('../doubles/shipstation/packer.js');
  const known = new Map<number, { shop: Connection; shipStation: ShipStation }>();
  let last = clock.now().getTime();
  let working: Promise<void> = Promise.resolve();

  function newTracking(): string {
    last = Math.max(last + 1, clock.now().getTime());
    return `94001118${String(last).padStart(14, '0')}`;
  }

  async function letIn(shop: Connection): Promise<void> {
    const logIn = await findChannelLogIn(db.prisma, { connectionId: shop.id, channel: CHANNEL });
    if (logIn && logIn.createdBy !== actorWords(by)) return;
    const { login, password } = await setShipStationPassword({ db, clock }, shop, { by, graceMs: 0 });
    const store = { url: `${url}${SHIPSTATION_PATH}/${shop.partnerId}`, userName: login, password };
    known.set(shop.id, { shop, shipStation: createShipStation(store) });
  }

  async function look(): Promise<void> {
    for (const shop of await listConnections(db.prisma)) {
      if (shop.status !== 'active') continue;
      if (!known.has(shop.id)) await letIn(shop);
      const own = known.get(shop.id);
      if (!own) continue;
      try {
        for (const parcel of await packAll(own.shipStation, newTracking))
          log.info({ ...parcel, shop: shop.name }, 'the packer of the demo has told a label');
      } catch (error) {
        // Somebody has made a password of his own meanwhile.
        if (messageOf(error).includes(' 401')) known.delete(shop.id);
        log.warn({ shop: shop.name, reason: messageOf(error) }, 'the packer of the demo has no orders');
      }
    }
  }

  const timer = setInterval(() => {
    working = working.then(look).catch((error: unknown) => {
      log.warn({ reason: messageOf(error) }, 'the packer of the demo could not work');
    });
  }, everyMs);
  return {
    async stop() {
      clearInterval(timer);
      await working;
      for (const { shop } of known.values()) await removeShipStation({ db, clock }, shop, { by });
    },
  };
}
