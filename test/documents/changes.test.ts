import t from 'tap';
import { recordEvents } from '../../src/documents/document-store.js';
import type { Tx } from '../../src/store/database.js';
import { somebody } from '../support/actors.js';
import { testApi } from '../support/api.js';
import type { Seller } from '../support/builders.js';
import { testDatabase } from '../support/database.js';

t.setTimeout(120_000);
const db = await testDatabase(t);

interface Change {
  Position: number;
  EventId: number;
  Topic: string;
}
interface Answer {
  Changes: Change[];
  Next: number;
  More: boolean;
}

const tell = (
  tx: Tx,
  { companyId, connectionId }: Seller,
  event: 'order-changed' | 'flow-changed' = 'order-changed',
) =>
  recordEvents(tx, somebody, [{ companyId, connectionId, event, summary: 'Ada of Main Street has moved' }]);

async function openReader() {
  const { call, seller } = await testApi(t, db);
  const get = async (query: string): Promise<Answer> => {
    const answer = await call('GET', `/api/v3/Changes?${query}`);
    t.equal(answer.statusCode, 200, answer.body);
    return answer.json().Body;
  };
  const { Next: start } = await get('');
  return { call, seller, get, start };
}

await t.test('a walk by Next sees every change once, also those that are committed late', async (t) => {
  const { seller, get, start } = await openReader();
  const seen: number[] = [];
  let after = start;
  let finish = (): void => undefined;
  const mayCommit = new Promise<void>((resolve) => (finish = resolve));
  let written = (): void => undefined;
  const isWritten = new Promise<void>((resolve) => (written = resolve));
  const slow = db.transaction(async (tx) => {
    await tell(tx, seller);
    written();
    await mayCommit;
  });
  await isWritten;
  for (let nth = 0; nth < 7; nth++) await db.transaction((tx) => tell(tx, seller));
  const walk = async (): Promise<void> => {
    for (let more = true; more;) {
      const answer = await get(`after=${after}&limit=3`);
      seen.push(...answer.Changes.map(({ EventId }) => EventId));
      t.ok(answer.Changes.length <= 3);
      t.ok(answer.Next >= after, 'never back');
      after = answer.Next;
      more = answer.More;
    }
  };
  await walk();
  t.equal(seen.length, 7);
  finish();
  await slow;
  await walk();
  t.equal(new Set(seen).size, 8, 'the late one comes, and none twice');
  t.equal(seen.length, 8);
  await walk();
  t.equal(seen.length, 8);
});

await t.test('a reader goes on past what is not for it, and misses nothing after that', async (t) => {
  const one = await openReader();
  const other = await openReader();
  await db.transaction((tx) => tell(tx, other.seller));
  await db.transaction((tx) => tell(tx, one.seller, 'flow-changed'));
  const first = await one.get(`after=${one.start}&topic=order`);
  t.same(first.Changes, [], 'neither another company’s nor another topic’s');
  t.ok(first.Next > one.start);
  await db.transaction((tx) => tell(tx, one.seller));
  t.match(await one.get(`after=${first.Next}&topic=order`), {
    Changes: [{ Topic: 'order.changed' }],
    More: false,
  });
  t.match(await one.get(`after=${first.Next}&topic=Order.Changed`), { Changes: [{}] });
  t.equal((await one.get(`after=${one.start}`)).Changes.length, 2, 'all topics');
});

await t.test('one shop’s changes can be read alone; another company’s shop is not known', async (t) => {
  const one = await openReader();
  const other = await openReader();
  await db.transaction((tx) => tell(tx, one.seller));
  const { partnerId } = one.seller;
  t.equal((await one.get(`after=${one.start}&partnerId=${partnerId}`)).Changes.length, 1);
  const foreign = await one.call('GET', `/api/v3/Changes?partnerId=${other.seller.partnerId}`);
  t.equal(foreign.statusCode, 404);
});

await t.test('a change says where to look, and nothing personal', async (t) => {
  const { call, seller, start } = await openReader();
  await db.transaction((tx) => tell(tx, seller));
  const { body } = await call('GET', `/api/v3/Changes?after=${start}`);
  t.notMatch(body, /Ada|Main Street/);
  for (const version of ['v1', 'v2'])
    t.equal((await call('GET', `/api/${version}/Changes`)).statusCode, 404, `${version} has it not`);
  for (const wrong of ['after=-1', 'after=x', 'limit=0', 'limit=1001', 'topic=nothing', 'partnerId=x'])
    t.equal((await call('GET', `/api/v3/Changes?${wrong}`)).statusCode, 400, wrong);
});
