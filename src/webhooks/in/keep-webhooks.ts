import type { Actor } from '../../companies/actor.js';
import type { ActiveConnection } from '../../connections/connection.js';
import type { OpenShop } from '../../connections/open-shop.js';
import { recordEvents } from '../../documents/document-store.js';
import { messageOf } from '../../kernel/errors.js';
import type { Logger } from '../../kernel/log.js';
import { SECOND_MS } from '../../kernel/time.js';
import type { Database } from '../../store/database.js';
import type { FlowResult, FlowRun } from '../../sync/flows/flows.js';
import type { ShopApi } from '../../tiktok/shop-api.js';
import { TikTokError } from '../../tiktok/tiktok-errors.js';
import { findWatch, saveWatch, type WebhookWatch } from './watch-store.js';
import { webhookAddress } from './webhook-address.js';

/** What this service reads; TikTok: Webhooks overview. */
const WANTED_EVENTS = [
  'ORDER_STATUS_CHANGE',
  'RECIPIENT_ADDRESS_UPDATE',
  'PACKAGE_UPDATE',
  'PRODUCT_STATUS_CHANGE',
  'SELLER_DEAUTHORIZATION',
  'UPCOMING_AUTHORIZATION_EXPIRATION',
  'CANCELLATION_STATUS_CHANGE',
  'RETURN_STATUS_CHANGE',
  'PRODUCT_INFORMATION_CHANGE',
  'PRODUCT_CREATION',
  'PRODUCT_CATEGORY_CHANGE',
  'PRODUCT_AUDIT_STATUS_CHANGE',
] as const;

/** Without orders and cancellations webhooks are of no use. */
const NEEDED: readonly string[] = ['ORDER_STATUS_CHANGE', 'CANCELLATION_STATUS_CHANGE'];

const LEAVE_MS = 5 * SECOND_MS;

interface KeepWebhooksDeps {
  db: Database;
  log: Logger;
  openShop: OpenShop;
  /** As TikTok reaches this service; null where nobody has said. */
  publicUrl: string | null;
}

type Standing = Pick<WebhookWatch, 'state' | 'reason'> & Partial<Pick<WebhookWatch, 'address'>>;

/**
 * The flow `keep-webhooks` of one connection: has TikTok send its webhooks here. Who connects a shop here takes its webhooks over; an
 * address that somebody sets later stays, and is told of: two installations must not fight over a shop.
 */
export async function keepWebhooks(deps: KeepWebhooksDeps, run: FlowRun): Promise<FlowResult> {
  const { connectionId } = run;
  const { connection, api } = await deps.openShop(connectionId, run.flow.lane, run.fence);
  const before = await findWatch(deps.db.prisma, connectionId);
  const wanted = webhookAddress(deps.publicUrl, connection.environment);
  const standing: Standing =
    'address' in wanted
      ? await register(api, wanted.address, before)
      : { state: 'off', reason: `${wanted.problem} ${wanted.next}` };
  const isNew = standing.state !== before?.state || standing.reason !== before.reason;
  const isRegistered = standing.state === 'registered';
  await deps.db.transaction(async (tx) => {
    await run.guard(tx);
    const registeredAt = isRegistered && (isNew || !before?.registeredAt) ? { registeredAt: run.now() } : {};
    await saveWatch(tx, connectionId, { ...standing, ...registeredAt });
    // That nobody has set PUBLIC_URL is no news of the connection: doctor tells it.
    if (isNew && deps.publicUrl !== null) await tell(tx, run.by, connection, standing);
  });
  return { counts: isNew && isRegistered ? { registered: 1 } : {} };
}

async function register(api: ShopApi, address: string, before: WebhookWatch | null): Promise<Standing> {
  const present = new Map((await api.listWebhooks()).map((one) => [one.eventType, one.address]));
  const ours = [address, before?.address];
  const isFirst = !before?.address;
  const elsewhere = WANTED_EVENTS.filter((name) => present.has(name) && !ours.includes(present.get(name)));
  if (elsewhere.length > 0 && !isFirst) {
    const reason = `Another address is set at TikTok for ${elsewhere.join(', ')}: another installation or a person has set it.`;
    return { state: 'elsewhere', reason };
  }
  const refused = new Map<string, string>();
  for (const eventType of WANTED_EVENTS) {
    if (present.get(eventType) === address) continue;
    try {
      await api.setWebhook({ eventType, address });
    } catch (error) {
      if (!(error instanceof TikTokError) || error.reaction !== 'refused') throw error;
      refused.set(eventType, error.message);
    }
  }
  const lost = NEEDED.filter((name) => refused.has(name));
  const [first] = lost;
  if (first !== undefined)
    return {
      state: 'refused',
      reason: `TikTok does not take the address for ${first}: ${refused.get(first)}`,
    };
  const missing = [...refused.keys()].join(', ');
  return { state: 'registered', address, reason: missing ? `TikTok does not offer ${missing} here.` : null };
}

function tell(
  tx: Parameters<typeof recordEvents>[0],
  by: Actor,
  { companyId, id: connectionId, name }: ActiveConnection,
  { state, reason }: Standing,
): Promise<unknown> {
  const isSet = state === 'registered';
  return recordEvents(tx, by, [
    {
      companyId,
      connectionId,
      event: isSet ? 'webhooks-set' : 'webhooks-not-set',
      summary: isSet
        ? `TikTok sends webhooks for ${name}.`
        : `TikTok does not send webhooks for ${name}; changes come by polling.`,
      ...(reason === null ? {} : { details: reason }),
    },
  ]);
}

/** `none`: TikTok sends nothing here. `kept`: it could not be asked. */
type Leaving = 'none' | 'left' | 'kept';

/**
 * Before a connection is closed: TikTok need not send anything any more. Whoever closes waits, and no longer than for a few calls;
 * when TikTok cannot be asked, its webhooks find no connection here and change nothing.
 */
export async function leaveWebhooks(
  { db, log, openShop }: Pick<KeepWebhooksDeps, 'db' | 'log' | 'openShop'>,
  connectionId: number,
): Promise<Leaving> {
  const watch = await findWatch(db.prisma, connectionId);
  if (!watch?.address || watch.state !== 'registered') return 'none';
  try {
    // To delete is harmless whenever it arrives: there is nothing that a lease would have to guard.
    const fence = { pass: () => Promise.resolve(performance.now() + LEAVE_MS) };
    const { api } = await openShop(connectionId, 'urgent', { fence, evenPaused: true });
    const present = await api.listWebhooks();
    for (const { eventType, address } of present)
      if (address === watch.address) await api.deleteWebhook(eventType);
    await saveWatch(db.prisma, connectionId, { state: 'off', reason: 'The connection was closed.' });
    return 'left';
  } catch (error) {
    log.warn({ connectionId, reason: messageOf(error) }, 'webhooks were not taken back');
    return 'kept';
  }
}
