import t from 'tap';
import { commandActor, operatorActor, systemActor } from '../../src/companies/actor.js';
import { recordEvents } from '../../src/documents/document-store.js';
import { testApi } from '../support/api.js';
import { createOrderDocuments } from '../support/builders.js';
import { testDatabase } from '../support/database.js';

const db = await testDatabase(t);

interface Shown {
  Id: number;
  Summary: string;
  Actor?: { Kind: string; Id: string; Name: string; Via: string };
}

await t.test('the history says whose key moved a document and reported an event', async (t) => {
  const { call, seller } = await testApi(t, db);
  const [order] = await createOrderDocuments(db, seller, 1);
  const { id: keyId } = await db.prisma.apiKey.findFirstOrThrow({ where: { companyId: seller.companyId } });
  await call('PUT', `/api/v3/Orders/${order!.key}/Status/200`);
  await call('PUT', '/api/v3/Orders/Status', {
    payload: { Status: '1400', LogicbrokerKeys: [String(order!.key)] },
  });
  await call('POST', '/api/v3/ActivityEvents', {
    payload: { LogicbrokerKey: order!.key, Summary: 'no such item' },
  });
  const answer = await call('GET', `/api/v3/Orders/${order!.key}/ActivityEvents`);
  const events: Shown[] = answer.json().Body.ActivityEvents;
  t.ok(events.length >= 2);
  for (const { Actor, Summary } of events)
    t.same(Actor, { Kind: 'key', Id: keyId, Name: 'primary API key', Via: 'api' }, Summary);
  t.notMatch(answer.body, /127\.0\.0\.1/, 'an address is nobody else’s business');
  const [first] = (await call('GET', `/api/v1/Orders/${order!.key}/ActivityEvents`)).json().Body
    .ActivityEvents;
  t.notOk('Actor' in first, 'an addition, so it stands in v3 only');
});

await t.test('persons, commands and the program itself are told apart', async (t) => {
  const { call, seller } = await testApi(t, db);
  const { companyId } = seller;
  const actors = [
    operatorActor({ id: 7, login: 'ada', role: 'operator', companyId: null }, '203.0.113.9'),
    commandActor('root'),
    commandActor(null),
    systemActor('pull-orders', 'flow'),
  ];
  await db.transaction(async (tx) => {
    for (const by of actors)
      await recordEvents(tx, by, [{ companyId, event: 'connection-changed', summary: 'x' }]);
  });
  const events: Shown[] = (await call('GET', '/api/v3/ActivityEvents')).json().Body.ActivityEvents;
  t.same(
    events.map(({ Actor }) => Actor && `${Actor.Kind} ${Actor.Id} ${Actor.Name} ${Actor.Via}`),
    [
      'person 7 ada portal',
      'person root root cli',
      'person somebody somebody cli',
      'system pull-orders pull-orders flow',
    ],
  );
});
