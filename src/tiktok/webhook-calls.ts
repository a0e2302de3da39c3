import { endpoints } from './endpoints.js';
import { readList, type ShopCall } from './shop-call.js';
import { requiredText } from './wire/read.js';

/** Where TikTok sends one kind of event of the shop. */
interface ShopWebhook {
  eventType: string;
  address: string;
}

export interface WebhookCalls {
  listWebhooks(): Promise<ShopWebhook[]>;
  /** Sets the address for a kind, in place of the one before. Idempotent. */
  setWebhook(webhook: ShopWebhook): Promise<void>;
  /** Succeeds also where there is none. */
  deleteWebhook(eventType: string): Promise<void>;
}

/** TikTok: Get, Update and Delete Shop Webhook 202309. */
export function createWebhookCalls(call: ShopCall): WebhookCalls {
  return {
    async listWebhooks() {
      const { data } = await call({ endpoint: endpoints.shopWebhooks });
      return readList(data['webhooks'], (wire) => ({
        eventType: requiredText(wire['event_type'], 'event_type'),
        address: requiredText(wire['address'], 'address'),
      }));
    },

    async setWebhook({ eventType, address }) {
      await call({ endpoint: endpoints.setShopWebhook, body: { address, event_type: eventType } });
    },

    async deleteWebhook(eventType) {
      await call({ endpoint: endpoints.deleteShopWebhook, body: { event_type: eventType } });
    },
  };
}
