import fc from 'fast-check';
import t from 'tap';
import { isWholeSecond, parseDateTime } from '../../src/formats/date-time.js';
import { JsonNumber, parseJson, writeJson } from '../../src/formats/json.js';
import { parseUntrustedJson } from '../../src/formats/safe-json.js';

await t.test('money and long numbers keep their digits through reading and writing', async (t) => {
  const text =
    '{"price":19.90,"zero":0.00,"id":576460752303423488,"small":12,"exponent":1e3,"negative":-0.10}';
  t.equal(writeJson(parseJson(text)), text);
  t.equal((parseJson(text) as { price: JsonNumber }).price.text, '19.90');
});

await t.test('whatever JSON comes, writing what was read says the same', async (t) => {
  const json = fc.json({ maxDepth: 4 }).filter((text) => !text.includes('"__proto__"'));
  fc.assert(fc.property(json, (text) => t.same(JSON.parse(writeJson(parseJson(text))), JSON.parse(text))));
});

await t.test('a body of unknown origin is read twice: plain for rules, kept for storing', async (t) => {
  const { plain, kept } = parseUntrustedJson(
    '{"Price":19.90,"Note":null,"Lines":[{"Sku":null,"Qty":2}],"Own":{"x":1}}',
  );
  t.same(plain, { Price: 19.9, Lines: [{ Qty: 2 }], Own: { x: 1 } });
  t.equal(writeJson(kept), '{"Price":19.90,"Note":null,"Lines":[{"Sku":null,"Qty":2}],"Own":{"x":1}}');
});

await t.test('what would hurt is refused with its path', async (t) => {
  const cases: [text: string, finding: RegExp][] = [
    ['{"Lines":[{"__proto__":{"admin":true}}]}', /^Lines\[0\]: .*__proto__/],
    [String.raw`{"Lines":[{"Sku":"a\u0000"}]}`, /^Lines\[0\]\.Sku: /],
    [`[${'0,'.repeat(200_000)}0]`, /more than 200000 values/],
    [`${'{"a":'.repeat(40)}1${'}'.repeat(40)}`, /deeper than 32/],
    ['{"Weight":1e131071}', /more than 100 digits/],
    ['{"Weight":1E-0999}', /more than 100 digits/],
    [`{"Weight":0.${'1'.repeat(100)}}`, /more than 100 digits/],
    [
      `{"Own":{${Array.from({ length: 10_001 }, (_, at) => `"n${at}":1`).join(',')}}}`,
      /^Own: more than 10000/,
    ],
  ];
  for (const [text, finding] of cases) {
    try {
      parseUntrustedJson(text);
      t.fail(String(finding));
    } catch (error) {
      const [detail] = (error as { details: { field: string; message: string }[] }).details;
      t.match(`${detail!.field}: ${detail!.message}`, finding);
    }
  }
  t.equal(({} as Record<string, unknown>)['admin'], undefined);
});

/** As the reader does it with members that are null, in any depth; those of lists stay. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([, member]) => member !== null);
  return Object.fromEntries(members.map(([name, member]) => [name, withoutNulls(member)]));
}

function attempt<T>(work: () => T): T | null {
  try {
    return work();
  } catch {
    return null;
  }
}

await t.test('a body is read exactly when JSON.parse reads it, and means the same', async (t) => {
  const json = fc.json({ maxDepth: 5 }).filter((text) => !text.includes('__proto__'));
  const spaced = fc.tuple(json, fc.constantFrom(0, 1, '\t')).map(([text, indent]) => {
    return JSON.stringify(JSON.parse(text), null, indent);
  });
  const piece = fc.constantFrom(
    ...'{}[]",:\\0123456789-+.eEtrufalsn \n\t\u0001é'.split(''),
    'true',
    'null',
    '\\u00e9',
    '\\n',
  );
  const broken = fc.tuple(json, fc.nat(), fc.nat({ max: 3 }), piece).map(([text, at, cut, put]) => {
    const start = at % (text.length + 1);
    return text.slice(0, start) + put + text.slice(start + cut);
  });
  const anything = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));
  fc.assert(
    fc.property(fc.oneof(json, spaced, broken, anything), (text) => {
      const parsed = attempt(() => ({ value: JSON.parse(text) as unknown }));
      const read = attempt(() => parseUntrustedJson(text));
      // Refused on purpose, each with a test of its own: a member named twice, and what no column can hold.
      if (parsed && !read) return attempt(() => parseJson(text)) === null || /\\u|e[+-]?\d/i.test(text);
      if (!parsed || !read) return parsed === read;
      t.same(read.plain, withoutNulls(parsed.value), text);
      t.equal(writeJson(read.kept), writeJson(parseJson(text)), text);
      return true;
    }),
    { numRuns: 3_000 },
  );
});

await t.test('a long text is the same wherever it is cut for reading', async (t) => {
  const ends = ['\\\\', '\\"', '\\n', '\\u00e9', '\\ud83d\\ude00', 'é', '😀', '\\\\\\\\\\"'];
  for (const end of ends) {
    for (let length = 65_520; length < 65_540; length++) {
      const text = `["${'x'.repeat(length)}${end}${'y'.repeat(70_000)}","${end}"]`;
      t.same(parseUntrustedJson(text).plain, JSON.parse(text), `${length} ${end}`);
    }
  }
  t.throws(() => parseUntrustedJson(`["${'x'.repeat(70_000)}`), /this is not JSON \(at position 70002\)/);
  t.throws(() => parseUntrustedJson(`["${'x'.repeat(70_000)}\n"]`), /this is not JSON/);
  t.throws(() => parseUntrustedJson(`["${'x'.repeat(70_000)}\\u0000"]`), /not valid/);
});

await t.test('the text of a body that is not JSON is not repeated', async (t) => {
  try {
    parseUntrustedJson('{"Address1": "1 Secret Street" "City": 1}');
    t.fail('was read');
  } catch (error) {
    t.match((error as Error).message, /this is not JSON \(at position \d+\)/);
    t.notMatch((error as Error).message, 'Secret');
  }
});

await t.test('times are read as clients write them', async (t) => {
  const cases: [text: string, iso: string | null][] = [
    ['2026-11-01', '2026-11-01T00:00:00.000Z'],
    ['2026-11-01T10:00', '2026-11-01T10:00:00.000Z'],
    ['2026-11-01T10:00:01', '2026-11-01T10:00:01.000Z'],
    ['2026-11-01 10:00:01', '2026-11-01T10:00:01.000Z'],
    ['2026-11-01T10:00:01.1234567Z', '2026-11-01T10:00:01.123Z'],
    ['2026-11-01T10:00:01+02:00', '2026-11-01T08:00:01.000Z'],
    ['2026-11-01T10:00:01 02:00', '2026-11-01T08:00:01.000Z'],
    ['2026-11-01T10:00:01-0500', '2026-11-01T15:00:01.000Z'],
    ['0001-01-01T00:00:00', '0001-01-01T00:00:00.000Z'],
    ['0001-01-01T00:00:00+01:00', '0001-01-01T00:00:00.000Z'],
    ['0000-01-01', '0001-01-01T00:00:00.000Z'],
    ['2024-02-29', '2024-02-29T00:00:00.000Z'],
    ['2026-02-29', null],
    ['2026-11-31', null],
    ['2026-11-01T25:00:00', null],
    ['11/01/2026', null],
    ['1762000000', null],
    ['', null],
  ];
  for (const [text, iso] of cases) t.equal(parseDateTime(text)?.toISOString() ?? null, iso, text);
  t.ok(isWholeSecond('2026-11-01T10:00:01Z'));
  t.notOk(isWholeSecond('2026-11-01T10:00:01.5Z'));
});
