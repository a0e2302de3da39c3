import t from 'tap';
import { createCompany } from '../../src/companies/company-store.js';
import {
  authorizationAddress,
  claimAuthorization,
  startAuthorization,
  type AuthorizationAnswer,
} from '../../src/connections/authorize.js';
import { getConnection, requireActive } from '../../src/connections/connection-store.js';
import {
  changeServer,
  changeSettings,
  closeConnection,
  createConnection,
  pauseConnection,
  renameConnection,
  resumeConnection,
} from '../../src/connections/manage-connection.js';
import {
  acceptOtherSeller,
  declineOtherSeller,
  exchangeCode,
  keepConsent,
} from '../../src/connections/seller-consent.js';
import { missingScopes } from '../../src/connections/authorization.js';
import { findAuthorization } from '../../src/connections/authorization-store.js';
import { deleteOldStates } from '../../src/connections/oauth-state-store.js';
import { getShops, saveShop } from '../../src/connections/shops.js';
import { DEMO_APP_KEY } from '../../src/simulator/server.js';
import { DAY_MS, MINUTE_MS } from '../../src/kernel/time.js';
import { somebody } from '../support/actors.js';
import {
  europeanSeller,
  indonesianSeller,
  sessionHash,
  startConnectionWorld,
  usSeller,
} from './connection-world.js';

const TOKEN_CALL = '/api/v2/token/get';

const world = await startConnectionWorld(t);
const { deps, simulator } = world;
const tx = deps.db.prisma;

async function started(connectionId: number): Promise<{ state: string; answer: AuthorizationAnswer }> {
  const state = await startAuthorization(deps, { connectionId, sessionHash });
  return { state, answer: { state, cookieState: state, sessionHash, appKey: DEMO_APP_KEY } };
}

await t.test(
  'Base URL takes production and the simulator; anything else is refused before it is stored',
  async (t) => {
    const { companyId } = world;
    const make = (baseUrl: string) =>
      createConnection(deps, { by: somebody, companyId, name: 'Shop', baseUrl, isUs: false });
    t.equal((await make('https://open-api.tiktokglobalshop.com')).environment, 'production');
    t.equal((await make(`${simulator.url}/`)).environment, 'simulator');
    await t.rejects(make('https://open-api-sandbox.tiktokglobalshop.com'), { message: /sandbox is retired/ });
    const before = await tx.connection.count();
    for (const bad of [
      '',
      'http://open-api.tiktokglobalshop.com',
      'https://open-api.tiktokglobalshop.com.',
      'https://open-api.tiktokglobalshop.com:8443',
      'https://open-api.tiktokglobalshop.com@evil.example',
      'https://user@open-api.tiktokglobalshop.com',
      'https://open-api.tiktokglobalsh\u043ep.com',
      'https://169.254.169.254',
      'http://127.0.0.1:1',
      'javascript:alert(1)',
    ]) {
      await t.rejects(make(bad), { code: 'invalid-request' }, bad);
    }
    t.equal(await tx.connection.count(), before);
  },
);

await t.test(
  'Is US? decides which page of TikTok opens; it gets the service id and the state only',
  async (t) => {
    const production = {
      ...deps,
      tiktok: {
        ...deps.tiktok,
        apps: {
          production: { environment: 'production' as const, appKey: 'k', appSecret: 's', serviceId: '123' },
        },
      },
    };
    const baseUrl = 'https://open-api.tiktokglobalshop.com';
    const us = await createConnection(deps, {
      by: somebody,
      companyId: world.companyId,
      name: 'US',
      baseUrl,
      isUs: true,
    });
    const other = await createConnection(deps, {
      by: somebody,
      companyId: world.companyId,
      name: 'UK',
      baseUrl,
      isUs: false,
    });
    t.equal(
      await authorizationAddress(production, { connectionId: us.id }, 'a-state'),
      'https://services.us.tiktokshop.com/open/authorize?service_id=123&state=a-state',
    );
    t.equal(
      await authorizationAddress(production, { connectionId: other.id }, 'a-state'),
      'https://services.tiktokshop.com/open/authorize?service_id=123&state=a-state',
    );
    await t.rejects(
      startAuthorization(deps, { connectionId: us.id, sessionHash }),
      /no TikTok app for production/,
    );
  },
);

await t.test('an answer with a bad state is refused, says why, and TikTok is not asked', async (t) => {
  const before = world.calls(TOKEN_CALL);
  const { id } = await world.draft();
  const refusals: [string, RegExp, (answer: AuthorizationAnswer) => AuthorizationAnswer][] = [
    ['without a state', /without a start from this program/, (answer) => ({ ...answer, state: null })],
    ['unknown', /no authorisation that was started here/, (answer) => ({ ...answer, state: 'x'.repeat(43) })],
    [
      'other log-in',
      /another browser or by another log-in/,
      (answer) => ({ ...answer, sessionHash: 'other' }),
    ],
    ['nobody logged in', /another browser/, (answer) => ({ ...answer, sessionHash: '' })],
    ['other browser', /another browser/, (answer) => ({ ...answer, cookieState: 'x' })],
    ['no cookie', /another browser/, (answer) => ({ ...answer, cookieState: null })],
    ['other app', /another TikTok server or app/, (answer) => ({ ...answer, appKey: 'someone-elses' })],
  ];
  for (const [name, message, twist] of refusals) {
    const { answer } = await started(id);
    await t.rejects(claimAuthorization(deps, twist(answer)), { code: 'not-allowed', message }, name);
  }
  t.equal(world.calls(TOKEN_CALL), before);
});

await t.test('a state counts once, also for two answers at the same moment', async (t) => {
  const { id } = await world.draft();
  const { answer } = await started(id);
  const outcomes = await Promise.allSettled(
    Array.from({ length: 8 }, () => claimAuthorization(deps, answer)),
  );
  t.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1);
  await t.rejects(claimAuthorization(deps, answer), /used already/);
});

await t.test('a state is good for ten minutes', async (t) => {
  const { id } = await world.draft();
  const late = await started(id);
  const inTime = await started(id);
  world.advance(9 * MINUTE_MS);
  t.equal((await claimAuthorization(deps, inTime.answer)).connectionId, id);
  world.advance(MINUTE_MS);
  await t.rejects(claimAuthorization(deps, late.answer), /more than ten minutes ago/);
});

await t.test('states are cleared away a day after their end', async (t) => {
  const { id } = await world.draft();
  await started(id);
  const states = (): Promise<number> => tx.oauthState.count({ where: { connectionId: id } });
  await deleteOldStates(tx, new Date(deps.clock.now().getTime() + DAY_MS));
  t.equal(await states(), 1);
  await deleteOldStates(tx, new Date(deps.clock.now().getTime() + DAY_MS + 11 * MINUTE_MS));
  t.equal(await states(), 0);
});

await t.test('only the hash of a state is stored', async (t) => {
  const { id } = await world.draft();
  const { state } = await started(id);
  t.match(state, /^[\w-]{43}$/);
  t.notMatch(JSON.stringify(await tx.oauthState.findMany()), state);
});

await t.test('an answer of the server that the connection has left meanwhile is refused', async (t) => {
  const { id } = await world.draft();
  const { answer } = await started(id);
  const baseUrl = 'https://open-api.tiktokglobalshop.com';
  await changeServer(deps, { by: somebody, connectionId: id, baseUrl, isUs: true });
  await t.rejects(claimAuthorization(deps, answer), /another TikTok server/);
});

await t.test('a seller who refuses costs no call; a code that is no good is explained', async (t) => {
  const before = world.calls(TOKEN_CALL);
  for (const code of [undefined, '', 'null']) {
    await t.rejects(exchangeCode(deps, 'simulator', code), {
      code: 'not-allowed',
      message: /refused on the TikTok page/,
    });
  }
  t.equal(world.calls(TOKEN_CALL), before);
  await t.rejects(exchangeCode(deps, 'simulator', 'made-up'), { code: 'needs-reauthorization' });
});

await t.test('a creator or partner account is refused', async (t) => {
  const { id } = await world.draft();
  const { code } = simulator.control.authorize({ openId: usSeller });
  const grant = await exchangeCode(deps, 'simulator', code);
  const consent = {
    by: somebody,
    connectionId: id,
    environment: 'simulator' as const,
    grant: { ...grant, userType: 1 },
  };
  await t.rejects(keepConsent(deps, consent), { code: 'rule-violated', message: /not a seller's account/ });
  t.equal((await getConnection(tx, { id })).authorizationId, null);
});

await t.test(
  'Get Shops shows every shop with region, seller type and cipher, and marks cross-border ones',
  async (t) => {
    const { id } = await world.draft();
    await t.rejects(getShops(deps, { connectionId: id }), { code: 'connection-not-ready' });
    await world.consent(id, europeanSeller);
    const shops = await getShops(deps, { connectionId: id });
    t.same(
      shops.map(({ name, region, sellerType, crossBorder, usedBy }) => ({
        name,
        region,
        sellerType,
        crossBorder,
        usedBy,
      })),
      [
        { name: 'Continental UK', region: 'GB', sellerType: 'LOCAL', crossBorder: false, usedBy: null },
        {
          name: 'Continental Cross Border',
          region: 'GB',
          sellerType: 'CROSS_BORDER',
          crossBorder: true,
          usedBy: null,
        },
      ],
    );
    t.ok(shops.every(({ cipher, id }) => cipher.length > 10 && /^\d+$/.test(id)));
  },
);

await t.test('Save checks the cipher, starts the flows and tells it', async (t) => {
  const { id } = await world.draft();
  await world.consent(id, indonesianSeller);
  for (const cipher of ['', 'ROW_made_up']) {
    await t.rejects(saveShop(deps, { by: somebody, connectionId: id, cipher }), { code: 'rule-violated' });
  }
  t.notOk(world.flowsFor.includes(id));
  const [shop] = await getShops(deps, { connectionId: id });
  const saved = await saveShop(deps, { by: somebody, connectionId: id, cipher: ` ${shop?.cipher ?? ''} ` });
  t.match(saved, { status: 'active', shopName: 'Toko Pelangi', shopRegion: 'ID', sellerType: 'LOCAL' });
  t.ok(requireActive(saved));
  t.ok(world.flowsFor.includes(id));
  t.equal(await tx.event.count({ where: { connectionId: id, typeId: 80 } }), 1);
  await saveShop(deps, { by: somebody, connectionId: id, cipher: shop?.cipher ?? '' });
  t.equal(await tx.event.count({ where: { connectionId: id, typeId: 80 } }), 1, 'saving again is no news');
});

await t.test(
  'names that no database can hold as they are do not stop Connect, Get Shops and Save',
  async (t) => {
    const openId = simulator.control.addSeller({
      name: 'Nul\0 Seller\ud800',
      email: 'nul@seller.example',
      password: 'password',
      baseRegion: 'US',
    }).openId;
    simulator.control.addShop({
      name: 'Nul\0 Shop\udfff \u{1f600}',
      region: 'US',
      sellerType: 'LOCAL',
      openId,
    });
    const saved = await world.connected(openId);
    t.match(saved, { status: 'active', shopName: 'Nul Shop \u{1f600}' });
  },
);

await t.test('a shop is on one open connection only, whoever asks; a closed one lets go of it', async (t) => {
  const holder = await world.connected(usSeller);
  const second = await world.draft('Second');
  await world.consent(second.id, usSeller);
  const [shop] = await getShops(deps, { connectionId: second.id });
  t.same(shop?.usedBy, { connectionId: holder.id, name: holder.name });
  const cipher = shop?.cipher ?? '';
  await t.rejects(saveShop(deps, { by: somebody, connectionId: second.id, cipher }), {
    code: 'conflict',
    message: new RegExp(`in use by connection ${holder.id}`),
  });
  await closeConnection(deps, { by: somebody, connectionId: holder.id });
  t.equal((await saveShop(deps, { by: somebody, connectionId: second.id, cipher })).status, 'active');
  await t.rejects(getShops(deps, { connectionId: holder.id }), { code: 'connection-not-ready' });
  t.ok(await getShops(deps, { connectionId: second.id }), 'the shared authorisation lives on');
  await closeConnection(deps, { by: somebody, connectionId: second.id });
  const row = await tx.authorization.findFirstOrThrow({ where: { openId: usSeller } });
  t.match(
    row,
    { status: 'revoked', accessToken: null, refreshToken: null },
    'the last one takes the tokens along',
  );
});

await t.test("another company's seller is refused, and that company's connections go on", async (t) => {
  const theirs = await world.connected(usSeller);
  const { id: otherCompany } = await createCompany(tx, { name: 'Another company' });
  const mine = await world.draft('Mine', otherCompany);
  await t.rejects(world.consent(mine.id, usSeller), { code: 'conflict', message: /another company/ });
  t.equal((await getConnection(tx, { id: mine.id })).authorizationId, null);
  t.ok(await getShops(deps, { connectionId: theirs.id }), 'with the pair that TikTok gave last');
  await t.rejects(getShops(deps, { connectionId: theirs.id, companyId: otherCompany }), {
    code: 'not-found',
  });
});

await t.test('another seller than before takes over only when the operator says so', async (t) => {
  const { id } = await world.draft();
  await world.consent(id, europeanSeller);
  const before = (await getConnection(tx, { id })).authorizationId;
  const offer = await world.consent(id, usSeller);
  t.equal(offer.previousSeller, 'Continental Trading');
  t.equal((await getConnection(tx, { id })).authorizationId, before);
  await declineOtherSeller(deps, { by: somebody, connectionId: id, authorizationId: offer.authorization.id });
  t.equal((await getConnection(tx, { id })).authorizationId, before);
  await acceptOtherSeller(deps, { by: somebody, connectionId: id, authorizationId: offer.authorization.id });
  t.equal((await getConnection(tx, { id })).authorizationId, offer.authorization.id);
});

await t.test('a connection with a shop does not go to a seller who does not have that shop', async (t) => {
  const { id } = await world.draft();
  await world.consent(id, europeanSeller);
  const shops = await getShops(deps, { connectionId: id });
  await saveShop(deps, { by: somebody, connectionId: id, cipher: shops[1]?.cipher ?? '' });
  const offer = await world.consent(id, usSeller);
  await t.rejects(
    acceptOtherSeller(deps, { by: somebody, connectionId: id, authorizationId: offer.authorization.id }),
    {
      code: 'rule-violated',
      message: /does not have the shop Continental Cross Border/,
    },
  );
  await t.rejects(saveShop(deps, { by: somebody, connectionId: id, cipher: shops[0]?.cipher ?? '' }), {
    code: 'rule-violated',
    message: /belongs to the shop Continental Cross Border/,
  });
});

await t.test('permissions that the app lacks are named', async (t) => {
  const [app] = simulator.control.apps();
  t.ok(app);
  simulator.control.putApp({ ...app!, scopes: ['seller.authorization.info', 'seller.order.info'] });
  const { id } = await world.draft();
  const { authorization } = await world.consent(id, indonesianSeller);
  t.same(
    missingScopes(authorization.grantedScopes).map(({ scope }) => scope),
    [
      'seller.fulfillment.basic',
      'seller.fulfillment.package.write',
      'seller.logistics',
      'seller.return_refund.basic',
      'seller.product.basic',
      'seller.product.write',
    ],
  );
  t.same(missingScopes([]), [], 'older answers do not tell');
  simulator.control.putApp(app!);
});

await t.test('a paused connection keeps its state and goes on; every step can be repeated', async (t) => {
  const { id } = await tx.connection.findFirstOrThrow({ where: { status: 'active' } });
  const which = { connectionId: id };
  await pauseConnection(deps, { ...which, by: somebody });
  const paused = await pauseConnection(deps, { ...which, by: somebody });
  t.equal(paused.status, 'paused');
  t.throws(() => requireActive(paused), { code: 'connection-not-ready' });
  await resumeConnection(deps, { ...which, by: somebody });
  t.equal((await resumeConnection(deps, { ...which, by: somebody })).status, 'active');
  t.equal((await renameConnection(deps, { by: somebody, ...which, name: ' New name ' })).name, 'New name');
  await t.rejects(renameConnection(deps, { by: somebody, ...which, name: '' }), { code: 'invalid-request' });
  const draft = await world.draft();
  await t.rejects(pauseConnection(deps, { by: somebody, connectionId: draft.id }), { code: 'rule-violated' });
});

await t.test('settings are checked against the catalogue and only differences are stored', async (t) => {
  const { id } = await world.draft();
  const changed = await changeSettings(deps, {
    by: somebody,
    connectionId: id,
    settings: { remorseMinutes: 90, importCreatedAfter: null },
  });
  t.equal(changed.settings.remorseMinutes, 90);
  t.same((await tx.connection.findUniqueOrThrow({ where: { id } })).settings, { remorseMinutes: 90 });
  await changeSettings(deps, { by: somebody, connectionId: id, settings: { remorseMinutes: 60 } });
  t.same((await tx.connection.findUniqueOrThrow({ where: { id } })).settings, {});
  const bad = { remorseMinutes: -1, nonsense: 1 };
  await t.rejects(changeSettings(deps, { by: somebody, connectionId: id, settings: bad }), {
    code: 'invalid-request',
    details: [{ field: 'remorseMinutes' }, { field: 'nonsense' }],
  });
});

await t.test('closing is for good', async (t) => {
  const { id } = await world.draft();
  const { authorization } = await world.consent(id, indonesianSeller);
  await closeConnection(deps, { by: somebody, connectionId: id });
  t.equal((await closeConnection(deps, { by: somebody, connectionId: id })).status, 'closed');
  const closed = { code: 'connection-not-ready' };
  await t.rejects(renameConnection(deps, { by: somebody, connectionId: id, name: 'x' }), closed);
  await t.rejects(resumeConnection(deps, { by: somebody, connectionId: id }), closed);
  await t.rejects(startAuthorization(deps, { connectionId: id, sessionHash }), closed);
  t.equal(
    (await findAuthorization(tx, authorization.id))?.status,
    'active',
    'another connection still uses it',
  );
});
