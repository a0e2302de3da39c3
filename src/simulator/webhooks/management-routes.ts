import { Type } from 'typebox';

import { badParameter } from '../gateway/api-error.js';
import { NoBody, NoQuery } from '../gateway/parameters.js';
import { shopRoute } from '../gateway/route.js';
import type { World } from '../state/world.js';
import { isEventName } from './event-names.js';

const row = { path: '/event/{version}/webhooks', versions: ['202309'], query: NoQuery };
const scopes = ['seller.authorization.info'];

/** TikTok: Get Shop Webhooks 202309. */
export const shopWebhooksRoute = shopRoute({
  ...row,
  method: 'GET',
  scopes,
  body: NoBody,
  handle: ({ world, app, shop }) => {
    const own = world.webhooks.addresses.filter(
      ({ appKey, shopId }) => appKey === app.appKey && shopId === shop.id,
    );
    const webhooks = own.map(({ eventType, address, createdSec, updatedSec }) => ({
      event_type: eventType,
      address,
      create_time: createdSec,
      update_time: updatedSec,
    }));
    return { webhooks, total_count: webhooks.length };
  },
});

/** TikTok: Update Shop Webhook 202309. UNCONFIRMED: the codes of a refusal, and that an unknown kind is refused. */
export const updateWebhookRoute = shopRoute({
  ...row,
  method: 'PUT',
  scopes,
  body: Type.Object({ event_type: Type.String(), address: Type.String({ maxLength: 255 }) }),
  handle: ({ world, app, shop, body }) => {
    if (!isEventName(body.event_type)) throw badParameter("Invalid parameter. 'event_type' is not known.");
    const problem = addressProblem(world, body.address);
    if (problem !== null) throw badParameter(`Invalid parameter. 'address' ${problem}.`);
    setAddress(world, {
      appKey: app.appKey,
      shopId: shop.id,
      eventType: body.event_type,
      address: body.address,
    });
    return {};
  },
});

/** TikTok: Delete Shop Webhook 202309; succeeds when there is none. */
export const deleteWebhookRoute = shopRoute({
  ...row,
  method: 'DELETE',
  scopes,
  body: Type.Object({ event_type: Type.String() }),
  handle: ({ world, app, shop, body }) => {
    world.webhooks.addresses = world.webhooks.addresses.filter(
      (one) => one.appKey !== app.appKey || one.shopId !== shop.id || one.eventType !== body.event_type,
    );
    world.changed();
    return {};
  },
});

export function setAddress(
  world: World,
  wanted: { appKey: string; shopId: string; eventType: string; address: string },
): void {
  const nowSec = world.clock.nowSec();
  const known = world.webhooks.addresses.find(
    ({ appKey, shopId, eventType }) =>
      appKey === wanted.appKey && shopId === wanted.shopId && eventType === wanted.eventType,
  );
  if (known) Object.assign(known, { address: wanted.address, updatedSec: nowSec });
  else world.webhooks.addresses.push({ ...wanted, createdSec: nowSec, updatedSec: nowSec });
  world.changed();
}

/** TikTok: https, TLS 1.2 or newer, a domain name, no port, no IP address. */
function addressProblem(world: World, address: string): string | null {
  const { webhookAddresses: allowed } = world.behaviour;
  if (!URL.canParse(address)) return 'is no URL';
  const { protocol, hostname, port } = new URL(address);
  if (allowed === 'any') return protocol === 'https:' || protocol === 'http:' ? null : 'must be https';
  const isLocal = hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
  if (allowed === 'local_too' && isLocal) return null;
  if (protocol !== 'https:') return 'must be https';
  if (port !== '') return 'must not have a port';
  if (!/[a-z]/i.test(hostname) || hostname.startsWith('[') || !hostname.includes('.'))
    return 'must have a domain name';
  return null;
}
