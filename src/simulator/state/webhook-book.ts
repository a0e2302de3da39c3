import type { EventName } from '../webhooks/event-names.js';

/** Where an app wants a kind of events to be sent. */
export interface WebhookAddress {
  appKey: string;
  /** Empty: of the app as a whole, as set in Partner Center. */
  shopId: string;
  eventType: string;
  address: string;
  createdSec: number;
  updatedSec: number;
}

interface PushAttempt {
  atSec: number;
  /** 0: no answer came. */
  status: number;
  error: string;
}

export const pushStates = ['waiting', 'delivered', 'refused', 'given_up', 'lost'] as const;

/** One event on its way to one address. */
export interface Push {
  id: number;
  notificationId: string;
  appKey: string;
  shopId: string;
  eventType: string;
  address: string;
  /** As it is signed and sent. */
  body: string;
  /** Signed with another secret. */
  forged: boolean;
  createdSec: number;
  /** When it is sent next; counts while it waits. */
  dueSec: number;
  /** Stays back until the next event of its shop has left. */
  letsPass: boolean;
  state: (typeof pushStates)[number];
  attempts: PushAttempt[];
}

/** What happens to pushes that match, as long as it is switched on. */
export interface PushFault {
  id: number;
  kind: 'late' | 'twice' | 'lost' | 'reordered' | 'forged';
  eventType?: EventName;
  shopId?: string;
  times?: number;
  delaySec?: number;
  struck: number;
}

const KEPT = 5000;

/** Subscriptions, and the events that were sent or are to be sent; of the latter the newest few thousand. */
export class WebhookBook {
  addresses: WebhookAddress[] = [];
  pushes: Push[] = [];
  faults: PushFault[] = [];
  lastId = 0;
  /** Called when there may be something to send. */
  wake: () => void = () => {};

  nextId(): number {
    return ++this.lastId;
  }

  /** What the shop has set counts before what the app has. */
  addressFor(appKey: string, shopId: string, eventType: string): WebhookAddress | undefined {
    const meant = this.addresses.filter((one) => one.appKey === appKey && one.eventType === eventType);
    return meant.find((one) => one.shopId === shopId) ?? meant.find((one) => one.shopId === '');
  }

  add(push: Push): void {
    this.pushes.push(push);
    if (this.pushes.length > KEPT) this.pushes.shift();
  }

  state() {
    const { addresses, pushes, faults, lastId } = this;
    return { addresses, pushes, faults, lastId };
  }

  restore(saved: ReturnType<WebhookBook['state']>): void {
    Object.assign(this, saved);
  }
}
