import t from 'tap';
import { complianceEffects } from '../../src/products/compliance/create-entity-effect.js';
import { listEntities } from '../../src/products/compliance/entity-store.js';
import { wantEntity } from '../../src/products/compliance/want-entity.js';
import { getConnection } from '../../src/connections/connection-store.js';
import type { ComplianceContent } from '../../src/domain/listing.js';
import { deliverEntry } from '../../src/sync/effects/deliver-entry.js';
import { effectRegistry } from '../../src/sync/effects/outbox.js';
import { startWorld } from '../shipments/world.js';

const world = await startWorld(t, { answerTimeoutMs: 1_500 });
const { db, clock, control } = world;
const deliver = { ...world.deliver, effects: effectRegistry(complianceEffects(world.deps)) };

const maker: ComplianceContent = {
  kind: 'manufacturer',
  manufacturer: {
    name: 'Example Maker GmbH',
    tradeName: 'Example',
    email: 'gpsr@example.test',
    phone: { countryCode: '+49', localNumber: '3012345678' },
    address: 'Musterstr. 1, 10115 Berlin',
    locale: 'de-DE',
  },
};
const person: ComplianceContent = {
  kind: 'responsible-person',
  person: {
    name: 'Example RP SL',
    email: 'rp@example.test',
    phone: { countryCode: '+34', localNumber: '910000000' },
    street: 'Calle Ejemplo 1, Madrid',
    postalCode: '28001',
    country: 'ES',
    locale: 'es-ES',
  },
};

const shop = await world.connect('DE');
const connectionId = shop.connection.id;
const made = () => control.compliance();

async function want(content: ComplianceContent): Promise<bigint | null> {
  const connection = await getConnection(db.prisma, { id: connectionId });
  const { entryId } = await db.transaction((tx) => wantEntity(tx, connection, content, clock.now()));
  return entryId;
}

/** Delivers until the entry has ended, an hour passing between two steps. */
async function settle(id: bigint): Promise<string> {
  for (let step = 0; step < 10; step++) {
    const { state } = await deliverEntry(deliver, id);
    const row = await db.prisma.outboxEntry.findUniqueOrThrow({ where: { id } });
    if (['done', 'refused', 'needs_person'].includes(row.state)) return row.state;
    clock.advance(state === 'not-due' ? 3_600_000 : 120_000);
  }
  return 'open';
}

await t.test(
  'a manufacturer and a person are made once per content, however often they are wanted',
  async (t) => {
    const first = await want(maker);
    const again = await want(structuredClone(maker));
    t.equal(again, first, 'the same effect');
    t.equal(await settle(first ?? 0n), 'done');
    t.equal(await want(maker), null, 'nothing to do any more');
    t.equal(await settle((await want(person)) ?? 0n), 'done');
    t.equal(made().manufacturers.length, 1);
    t.equal(made().responsiblePersons.length, 1);
    t.match(await listEntities(db.prisma, connectionId), [
      { state: 'made', tiktokId: /^[0-9a-f]{24}$/ },
      { state: 'made', tiktokId: /^[0-9a-f]{24}$/ },
    ]);
  },
);

await t.test('one that the seller has made already is taken over', async (t) => {
  const other = structuredClone(maker);
  if (other.kind === 'manufacturer') other.manufacturer.name = 'Made Before GmbH';
  const { api } = await world.deps.openShop(connectionId, 'urgent', {
    pass: async () => performance.now() + 60_000,
  });
  const id = await api.createEntity(other);
  t.equal(await settle((await want(other)) ?? 0n), 'done');
  t.equal(made().manufacturers.length, 2);
  t.ok((await listEntities(db.prisma, connectionId)).some(({ tiktokId }) => tiktokId === id));
});

await t.test('an answer that is lost makes no second one', async (t) => {
  const other = structuredClone(maker);
  if (other.kind === 'manufacturer') other.manufacturer.name = 'Lost Answer GmbH';
  control.addFault({
    kind: 'done_but_lost',
    match: { path: '/product/*/compliance/manufacturers' },
    times: 1,
  });
  t.equal(await settle((await want(other)) ?? 0n), 'done');
  t.equal(made().manufacturers.filter((one) => one.name === 'Lost Answer GmbH').length, 1);
});

await t.test('what TikTok refuses says why, and is asked for again when it is wanted again', async (t) => {
  const wrong = structuredClone(person);
  if (wrong.kind === 'responsible-person') wrong.person.country = 'CN';
  const first = (await want(wrong)) ?? 0n;
  t.equal(await settle(first), 'refused');
  const entities = await listEntities(db.prisma, connectionId);
  t.match(entities.at(-1), { state: 'refused', reason: /Invalid EU country/ });
  const second = await want(wrong);
  t.not(second, first);
});
