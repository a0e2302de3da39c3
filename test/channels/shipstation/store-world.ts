import type { Test } from 'tap';
import { shipStationPlugin } from '../../../src/channels/shipstation/shipstation-routes.js';
import { documentKinds } from '../../../src/compose/kinds.js';
import {
  createShipStation,
  type ShipStation,
  type StoreSettings,
} from '../../../src/doubles/shipstation/custom-store-client.js';
import type { HandOver } from '../../../src/documents/hand-over.js';
import type { JsonObject } from '../../../src/logicbroker/json-reading.js';
import { createHandOver } from '../../../src/orders/note-handed.js';
import type { ShopWorld, World } from '../../shipments/world.js';
import { createKey, testApi } from '../../support/api.js';
import { silentLog } from '../../support/logs.js';

export interface StoreAnswer {
  status: number;
  text: string;
  headers: Record<string, unknown>;
}

/** A shop whose orders ShipStation fetches. */
export interface StoreWorld {
  shop: ShopWorld;
  key: string;
  path: string;
  logIn: { userName: string; password: string };
  handOver: HandOver;
  api(
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    url: string,
    body?: object,
  ): Promise<{ status: number; text: string; body: JsonObject }>;
  get(query: string, headers?: Record<string, string>): Promise<StoreAnswer>;
  post(query: string, body: string, headers?: Record<string, string>): Promise<StoreAnswer>;
  /** Makes a password. */
  letIn(graceHours?: number): Promise<{ userName: string; password: string }>;
  /** A packer's ShipStation. @param fetch between it and the store */
  shipStation(settings?: Partial<StoreSettings>): ShipStation;
  fetch: typeof fetch;
  /** Lines of the history of a document, oldest first. */
  history(key: number): Promise<string[]>;
  set(settings: object): Promise<void>;
}

export function basic({
  userName,
  password,
}: {
  userName: string;
  password: string;
}): Record<string, string> {
  return { authorization: `Basic ${Buffer.from(`${userName}:${password}`).toString('base64')}` };
}

/** Of all that was ever changed. */
export const ALWAYS =
  'action=export&start_date=01%2F01%2F2020%2000%3A00&end_date=12%2F31%2F2099%2023%3A59&page=1';

export async function storeWorld(t: Test, world: World, region = 'US'): Promise<StoreWorld> {
  const shop = await world.connect(region);
  const { partnerId } = shop.connection;
  const { db, clock, deps } = world;
  const { app } = await testApi(t, db, { clock, domain: deps, publicUrl: () => 'https://hub.example.com' });
  const handOver = createHandOver({ db, clock, log: silentLog });
  await app.register(shipStationPlugin({ ...deps, log: silentLog, kinds: documentKinds(deps), handOver }));
  const key = await createKey(db, shop);
  const path = `/shipstation/${partnerId}`;
  const call = async (
    method: 'GET' | 'POST',
    query: string,
    headers: Record<string, string>,
    payload?: string,
  ): Promise<StoreAnswer> => {
    const answer = await app.inject({
      method,
      url: `${path}${query === '' ? '' : `?${query}`}`,
      headers,
      ...(payload !== undefined && { payload }),
    });
    return { status: answer.statusCode, text: answer.body, headers: answer.headers };
  };
  const own: StoreWorld = {
    shop,
    key,
    path,
    handOver,
    logIn: { userName: '', password: '' },
    async api(method, url, body) {
      const answer = await app.inject({
        method,
        url: `/api/v3/${url}`,
        headers: { subscriptionkey: key, ...(body && { 'content-type': 'application/json' }) },
        ...(body && { payload: body }),
      });
      const isJson = String(answer.headers['content-type']).startsWith('application/json');
      return { status: answer.statusCode, text: answer.body, body: isJson ? answer.json<JsonObject>() : {} };
    },
    get: (query, headers = basic(own.logIn)) => call('GET', query, headers),
    post: (query, body, headers = { 'content-type': 'text/xml', ...basic(own.logIn) }) =>
      call('POST', query, headers, body),
    async letIn(graceHours = 0) {
      const url = `Settings/Partners/${partnerId}/ShipStation/Password`;
      const { status, text, body } = await own.api('POST', url, { GraceHours: graceHours });
      if (status !== 200) throw new Error(text);
      const { UserName, Password } = body['Body'] as { UserName: string; Password: string };
      own.logIn = { userName: UserName, password: Password };
      return own.logIn;
    },
    shipStation: (settings = {}) =>
      createShipStation({
        url: `http://store.test${path}`,
        ...own.logIn,
        retryMs: 1,
        fetch: own.fetch,
        ...settings,
      }),
    async fetch(input, init) {
      const url = new URL(input instanceof Request ? input.url : input);
      const answer = await app.inject({
        method: (init?.method ?? 'GET') as 'GET' | 'POST',
        url: url.pathname + url.search,
        headers: init?.headers as Record<string, string>,
        ...(typeof init?.body === 'string' && { payload: init.body }),
      });
      return new Response(answer.body, { status: answer.statusCode });
    },
    async history(documentKey) {
      const events = await db.prisma.event.findMany({ where: { documentKey }, orderBy: { id: 'asc' } });
      return events.map(({ level, summary, details }) => `${level} ${summary} ${details ?? ''}`.trim());
    },
    async set(settings) {
      const answer = await own.api('PUT', `Settings/Partners/${partnerId}`, { Settings: settings });
      if (answer.status !== 200) throw new Error(answer.text);
    },
  };
  await own.letIn();
  return own;
}
