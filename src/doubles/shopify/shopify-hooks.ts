import { createHmac, randomUUID } from 'node:crypto';
import type { StoreState } from './shopify-state.js';

/** A webhook as it was sent, and how it was answered; null: not at all. */
interface SentHook {
  topic: string;
  uri: string;
  body: string;
  headers: Record<string, string>;
  status: number | null;
}

export interface HookSender {
  send(topic: string, body: object): void;
  /** Sends the last one once more, as Shopify does when it has had no answer. */
  repeat(): Promise<void>;
  /** Resolves when everything was answered. */
  settled(): Promise<void>;
  readonly sent: SentHook[];
}

/** Shopify waits so long for an answer. */
const ANSWER_MS = 5_000;

export function hookSender(
  state: StoreState,
  { secret, version }: { secret: string; version: string },
): HookSender {
  const running = new Set<Promise<void>>();
  const sent: SentHook[] = [];
  const post = async (hook: SentHook): Promise<void> => {
    try {
      const answer = await fetch(hook.uri, {
        method: 'POST',
        headers: hook.headers,
        body: hook.body,
        signal: AbortSignal.timeout(ANSWER_MS),
      });
      hook.status = answer.status;
    } catch {
      hook.status = null;
    }
  };
  return {
    sent,
    send(topic, content) {
      for (const { uri } of state.subscriptions.filter((one) => one.topic === topic)) {
        const body = JSON.stringify(content);
        const hook: SentHook = {
          topic,
          uri,
          body,
          headers: {
            'content-type': 'application/json',
            'x-shopify-topic': topic.toLowerCase().replace('_', '/'),
            'x-shopify-hmac-sha256': createHmac('sha256', secret).update(body).digest('base64'),
            'x-shopify-shop-domain': state.domain,
            'x-shopify-api-version': version,
            'x-shopify-webhook-id': randomUUID(),
            'x-shopify-triggered-at': state.now(),
          },
          status: null,
        };
        sent.push(hook);
        const posting = post(hook).finally(() => running.delete(posting));
        running.add(posting);
      }
    },
    async repeat() {
      const last = sent.at(-1);
      if (last) await post(last);
    },
    settled: async () => void (await Promise.all(running)),
  };
}
