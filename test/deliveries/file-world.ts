import type { Test } from 'tap';
import { feedKindsOf } from '../../src/compose/feed-kinds.js';
import { fileDeps, trialKindsOf } from '../../src/compose/file-deps.js';
import { documentKinds } from '../../src/compose/kinds.js';
import type { ReadFileDeps } from '../../src/deliveries/file-verdict.js';
import type { DeliveryDeps } from '../../src/deliveries/prepare-deliveries.js';
import type { JsonObject } from '../../src/logicbroker/json-reading.js';
import { createKey, testApi } from '../support/api.js';
import { silentLog } from '../support/logs.js';
import type { ShopWorld, World } from '../shipments/world.js';

export const OURS = { qualifier: 'ZZ', id: 'TIKTOKHUB' };
export const THEIRS = { qualifier: '12', id: '5125550100' };

interface Answer {
  status: number;
  text: string;
  body: JsonObject;
}

/** One seller who exchanges files. */
export interface FileWorld {
  key: string;
  deps: DeliveryDeps;
  files: ReadFileDeps;
  call: (
    method: 'GET' | 'POST' | 'PUT',
    url: string,
    body?: object | string,
    headers?: object,
  ) => Promise<Answer>;
  setProfiles: (...profiles: object[]) => Promise<void>;
  events: () => Promise<string[]>;
}

/** The API of a shop's seller. @returns with everything that a test of files asks for */
export async function fileWorld(t: Test, world: World, shop: ShopWorld): Promise<FileWorld> {
  const { app } = await testApi(t, world.db, { clock: world.clock, domain: world.deps });
  const key = await createKey(world.db, shop);
  const { db, clock } = world;
  const kinds = documentKinds(world.deps);
  const imports = { db, clock, log: silentLog, feedKinds: feedKindsOf({ db, clock, log: silentLog }) };
  const own: FileWorld = {
    files: fileDeps({ db, clock, log: silentLog, kinds, trialKinds: trialKindsOf(world.deps), imports }),
    key,
    deps: { db: world.db, clock: world.clock, log: silentLog, kinds: documentKinds(world.deps) },
    async call(method, url, body, headers = {}) {
      const answer = await app.inject({
        method,
        url: `/api/v3/${url}`,
        headers: {
          subscriptionkey: key,
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body !== undefined && { payload: body }),
      });
      const isJson = String(answer.headers['content-type']).startsWith('application/json');
      return { status: answer.statusCode, text: answer.body, body: isJson ? answer.json<JsonObject>() : {} };
    },
    async setProfiles(...profiles) {
      const answer = await own.call('PUT', 'Settings/Company', { Settings: { deliveryProfiles: profiles } });
      if (answer.status !== 200) throw new Error(answer.text);
    },
    async events() {
      const { companyId } = shop;
      const events = await world.db.prisma.event.findMany({ where: { companyId }, orderBy: { id: 'asc' } });
      return events.map(({ level, summary, details }) => `${level} ${summary} ${details ?? ''}`);
    },
  };
  return own;
}

export function x12Profile(more: object = {}, x12: object = {}): object {
  return {
    name: 'edi',
    channel: 'sftp',
    format: 'x12',
    documents: ['order', 'acknowledgement', 'return'],
    x12: { ours: OURS, theirs: THEIRS, ...x12 },
    ...more,
  };
}
