import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { documentKinds } from '../../src/compose/kinds.js';
import { sealedColumns } from '../../src/compose/sealed-columns-list.js';
import { personalCopies } from '../../src/retention/personal-copies.js';
import type { ShipmentDeps } from '../../src/shipments/shipment-deps.js';
import { listFiles, repository } from './source-files.js';

/** Fields of prisma/schema whose comment has the word before a colon, as `table.column`. */
function tagged(word: string): string[] {
  return listFiles('prisma/schema').flatMap((path) => {
    const schema = readFileSync(join(repository, path), 'utf8');
    return [...schema.matchAll(/^model \w+ \{([\s\S]*?)^ {2}@@map\("(\w+)"\)\n\}/gm)].flatMap(
      ([, body = '', table = '']) =>
        [...body.matchAll(/((?:^ *\/\/\/.*\n)+) {2}(\w+) (.*)$/gm)]
          .filter(([, comment = '']) => new RegExp(`/// ${word}:`).test(comment))
          .map(([, , field = '', rest = '']) => `${table}.${/@map\("(\w+)"\)/.exec(rest)?.[1] ?? field}`),
    );
  });
}

await t.test('every column that may hold people is forgotten by somebody, and by nobody else', (t) => {
  const kinds = documentKinds({} as ShipmentDeps);
  const ofKinds = kinds.flatMap(({ personal }) => personal?.columns ?? []);
  const named = [...ofKinds, ...personalCopies.map(({ column }) => column)];
  const tags = tagged('personal');
  t.ok(tags.length > 20, `${tags.length} columns are tagged`);
  t.same(
    tags.filter((column) => !named.includes(column)),
    [],
    'tagged in prisma/schema, and forgotten by no kind (DocumentKind.personal) and no entry of personal-copies.ts',
  );
  t.same(
    named.filter((column) => !tags.includes(column)),
    [],
    'forgotten, but not tagged with "personal:"',
  );
  t.equal(new Set(named).size, named.length, 'each has one who forgets it');
  t.end();
});

await t.test('a kind with tables of its own says where people stand in them', (t) => {
  const silent = documentKinds({} as ShipmentDeps)
    .filter(({ personal, renderer }) => personal === null && renderer !== undefined)
    .map(({ type }) => type);
  t.same(silent, [], 'a kind that renders from rows keeps what its texts show in these rows');
  t.end();
});

await t.test('everything that is sealed is sealed anew when keys are replaced', (t) => {
  const sealed = tagged('Sealed').filter((column) => column !== 'encryption_keys.check_value');
  const known = sealedColumns.map(({ table, column }) => `${table}.${column}`);
  t.same(sealed.toSorted(), known.toSorted());
  t.end();
});
