import type { Push, PushFault } from '../state/webhook-book.js';
import { authorizationKey, type Shop, type World } from '../state/world.js';
import { eventNumbers, type EventName } from './event-names.js';

/** How long an event stays back that lets the next one pass when no next one comes. */
const LETS_PASS_SEC = 60;

interface Announcement {
  eventType: EventName;
  /** Ids that TikTok writes as numbers are `bigint`. */
  data: object;
  atSec: number;
  /** The only app that it concerns; all when left out. */
  appKey?: string;
}

/** Tells every app that the seller has authorised and that wants to know, at the address that it has given. */
export function announce(world: World, shop: Shop, { eventType, data, atSec, ...only }: Announcement): void {
  if (world.webhooks.addresses.length === 0) return;
  for (const appKey of world.apps.keys()) {
    if (only.appKey !== undefined && only.appKey !== appKey) continue;
    const authorization = world.authorizations.get(authorizationKey(appKey, shop.openId));
    if (authorization?.shopIds.includes(shop.id) !== true) continue;
    const address = world.webhooks.addressFor(appKey, shop.id, eventType)?.address;
    if (address === undefined) continue;
    const notificationId = `73800${String(10 ** 13 + world.webhooks.nextId())}`;
    const head = { type: eventNumbers[eventType], tts_notification_id: notificationId, shop_id: shop.id };
    const body = textOf({ ...head, timestamp: atSec, data });
    schedule(world, { notificationId, appKey, shopId: shop.id, eventType, address, body });
  }
}

type NewPush = Pick<Push, 'notificationId' | 'appKey' | 'shopId' | 'eventType' | 'address' | 'body'> &
  Partial<Pick<Push, 'forged'>>;

/** Puts an event on its way, with what the faults make of it. */
export function schedule(world: World, push: NewPush): Push {
  const { webhooks } = world;
  const nowSec = world.clock.nowSec();
  const passed = webhooks.pushes.filter(
    ({ shopId, state, letsPass }) => letsPass && state === 'waiting' && shopId === push.shopId,
  );
  const added: Push = {
    id: webhooks.nextId(),
    forged: false,
    createdSec: nowSec,
    dueSec: nowSec,
    letsPass: false,
    state: 'waiting',
    attempts: [],
    ...push,
  };
  webhooks.add(added);
  const fault = added.forged ? undefined : strike(world, added);
  if (fault) bend(world, added, fault);
  for (const other of passed) {
    // Behind the new one, which is sent first.
    webhooks.pushes = [...webhooks.pushes.filter((one) => one !== other), other];
    Object.assign(other, { letsPass: false, dueSec: nowSec });
  }
  world.changed();
  webhooks.wake();
  return added;
}

function strike(world: World, push: Push): PushFault | undefined {
  const fault = world.webhooks.faults.find(
    ({ eventType = push.eventType, shopId = push.shopId, times = Infinity, struck }) =>
      struck < times && eventType === push.eventType && shopId === push.shopId,
  );
  if (fault) fault.struck += 1;
  return fault;
}

function bend(world: World, push: Push, fault: PushFault): void {
  const { notificationId, appKey, shopId, eventType, address } = push;
  switch (fault.kind) {
    case 'late':
      push.dueSec += fault.delaySec ?? 600;
      return;
    case 'lost':
      push.state = 'lost';
      return;
    case 'reordered':
      push.letsPass = true;
      push.dueSec += LETS_PASS_SEC;
      return;
    case 'twice':
      world.webhooks.add({ ...push, id: world.webhooks.nextId(), attempts: [] });
      return;
    case 'forged':
      // Somebody else invents another event of that kind: the ids are off by one.
      schedule(world, {
        notificationId: `${notificationId}9`,
        appKey,
        shopId,
        eventType,
        address,
        body: push.body.replaceAll(/\d(?=")/g, (digit) => String((Number(digit) + 1) % 10)),
        forged: true,
      });
  }
}

function marked(_name: string, value: unknown): unknown {
  return typeof value === 'bigint' ? `${value}#wide` : value;
}

/** JSON in which a `bigint` is a number with all of its digits. */
function textOf(value: object): string {
  return JSON.stringify(value, marked).replaceAll(/"(\d{1,30})#wide"/g, '$1');
}
