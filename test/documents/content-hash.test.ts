import fc from 'fast-check';
import { createHash } from 'node:crypto';
import t from 'tap';
import { hashOfContent } from '../../src/documents/content-hash.js';
import { parseJson, writeJson } from '../../src/formats/json.js';

/** How the hashes were made that lie in databases: of the whole text at once. */
function wholeHash(content: unknown): string {
  return createHash('sha256')
    .update(writeJson(canonical(content)))
    .digest('hex');
}

function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype)
    return value;
  const members = Object.entries(value)
    .filter(([, member]) => member !== null && member !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => [name, canonical(member)]);
  return Object.fromEntries(members) as unknown;
}

await t.test('a document that is hashed in slices has the hash that is stored for it', async (t) => {
  const json = fc.json({ maxDepth: 5 }).filter((text) => !text.includes('"__proto__"'));
  await fc.assert(
    fc.asyncProperty(json, async (text) => {
      const content = parseJson(text);
      return (await hashOfContent(content)) === wholeHash(content);
    }),
  );
  const large = {
    10: [1.5, null, { b: undefined, a: 'é' }],
    9: 'x'.repeat(40_000),
    b: Array.from({ length: 5_000 }, (_, at) => ({ [`n${at}`]: String(at), 3: null, 2: at })),
    a: parseJson('[19.90, 576460752303423488, {}]'),
  };
  t.equal(await hashOfContent(large), wholeHash(large));
});
