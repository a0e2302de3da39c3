import type { SimulatorApp } from '../options.js';
import type { Push, PushFault, WebhookAddress } from '../state/webhook-book.js';
import type { World } from '../state/world.js';
import { schedule } from '../webhooks/announce.js';
import type { Courier } from '../webhooks/courier.js';
import { eventNames, eventNumbers } from '../webhooks/event-names.js';
import { setAddress } from '../webhooks/management-routes.js';
import { ControlError, found } from './control-error.js';
import type { NewPush, NewWebhookAddress, PushFaultSpec, PushQuery } from './webhook-schema.js';

/** The part of the control that is about the events that apps are sent. */
export function createWebhookControl(world: () => World, courier: () => Courier) {
  const appBy = (key: string | undefined): SimulatorApp => {
    const { apps } = world();
    return found(key === undefined ? [...apps.values()][0] : apps.get(key), `app ${key ?? ''}`);
  };
  return {
    webhooks: (): WebhookAddress[] => world().webhooks.addresses,
    /** As set in Partner Center, for all shops of the app. */
    putWebhooks: ({ appKey, eventTypes = eventNames, address }: NewWebhookAddress): WebhookAddress[] => {
      const app = appBy(appKey);
      for (const eventType of eventTypes)
        setAddress(world(), { appKey: app.appKey, shopId: '', eventType, address });
      return world().webhooks.addresses;
    },
    /** Oldest first. */
    pushes: ({ shopId, eventType, state }: PushQuery = {}): Push[] =>
      world().webhooks.pushes.filter(
        (push) =>
          (shopId ?? push.shopId) === push.shopId &&
          (eventType ?? push.eventType) === push.eventType &&
          (state ?? push.state) === push.state,
      ),
    push: (input: NewPush): Push => {
      const shop = found(world().shops.get(input.shopId), `shop ${input.shopId}`);
      const { appKey } = appBy(input.appKey);
      const { eventType, forged = false } = input;
      const address = input.address ?? world().webhooks.addressFor(appKey, shop.id, eventType)?.address;
      if (address === undefined) throw new ControlError(409, `no address for ${eventType} is known`);
      const notificationId = `73800${String(10 ** 13 + world().webhooks.nextId())}`;
      const body =
        input.body ??
        JSON.stringify({
          type: eventNumbers[eventType],
          tts_notification_id: notificationId,
          shop_id: shop.id,
          timestamp: world().clock.nowSec(),
          data: input.data ?? {},
        });
      return schedule(world(), { notificationId, appKey, shopId: shop.id, eventType, address, body, forged });
    },
    /** The same event once more, now. */
    resendPush: (id: number): Push => {
      const push = found(
        world().webhooks.pushes.find((one) => one.id === id),
        `push ${id}`,
      );
      Object.assign(push, { state: 'waiting', dueSec: world().clock.nowSec(), letsPass: false });
      world().webhooks.wake();
      return push;
    },
    pushFaults: (): PushFault[] => world().webhooks.faults,
    addPushFault: (spec: PushFaultSpec): PushFault => {
      const fault = { ...spec, id: world().webhooks.nextId(), struck: 0 };
      world().webhooks.faults.push(fault);
      return fault;
    },
    clearPushFaults: (): void => {
      world().webhooks.faults = [];
    },
    /** Resolves when everything that is due by now was sent. */
    deliverPushes: (): Promise<void> => courier().deliver(),
  };
}
