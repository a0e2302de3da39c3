import t, { type Test } from 'tap';
import type { Logger } from '../../src/kernel/log.js';
import { systemClock } from '../../src/kernel/time.js';
import { errorOfRefusal } from '../../src/tiktok/classify.js';
import { judge, readEnvelope } from '../../src/tiktok/answer-envelope.js';
import { parseExactJson } from '../../src/tiktok/exact-json.js';
import { createHttpDoor } from '../../src/outbound/http-door.js';
import { hideSecrets } from '../../src/tiktok/hide-secrets.js';
import { sendLogged } from '../../src/tiktok/send-logged.js';
import { failureOf, json, startFakeHost } from './support.js';

const TOKEN = 'planted-access-token';

/** What is logged and thrown when TikTok, or somebody in its place, answers with this envelope. */
async function askFor(t: Test, envelope: object) {
  const host = await startFakeHost(t);
  host.answer(json(envelope));
  const door = createHttpDoor({ clock: systemClock });
  t.teardown(() => door.close());
  const lines: string[] = [];
  const record = (facts: object) => lines.push(JSON.stringify(facts));
  const log: Logger = { debug: record, info: record, warn: record, error: record, child: () => log };
  const request = {
    origin: host.origin,
    method: 'GET' as const,
    target: '/order/202309/orders?shop_cipher=planted-cipher',
    headers: { 'x-tts-access-token': TOKEN },
  };
  const answer = await sendLogged(door, request, log, { effect: 'read', method: 'GET', path: '/x' });
  const error = await failureOf(
    Promise.resolve().then(() => judge(answer, { effect: 'read', secrets: [TOKEN] })),
  );
  return { line: lines.join('\n'), error };
}

await t.test(
  'a request id as long as a book, or with our token in it, reaches no line and no error',
  async (t) => {
    for (const requestId of ['a'.repeat(60_000), TOKEN, `id ${TOKEN}`, 'planted-cipher', 'a\u0000b\nc']) {
      const { line, error } = await askFor(t, { code: 36009003, message: 'x', request_id: requestId });
      t.notMatch(line, 'planted', requestId.slice(0, 40));
      t.ok(line.length < 300, `${line.length} characters`);
      t.ok((error.requestId ?? '').length <= 100);
      t.notMatch(JSON.stringify(error), 'planted');
    }
    const { line, error } = await askFor(t, { code: 1, message: 'x', request_id: '2022030707C8E70B7' });
    t.match(line, '2022030707C8E70B7');
    t.equal(error.requestId, '2022030707C8E70B7');
  },
);

await t.test('an error text of any length costs what a short one does, and is cut', async (t) => {
  const texts: ((length: number) => string)[] = [
    (length) => 'a'.repeat(length),
    (length) => 'a@'.repeat(length / 2),
    (length) => '('.repeat(length),
    (length) => '1-'.repeat(length / 2),
    (length) => `${TOKEN} `.repeat(length / 21),
  ];
  const started = performance.now();
  for (const textOf of texts) hideSecrets(textOf(1_000_000), [TOKEN]);
  // Quadratic each of them would be minutes.
  t.ok(performance.now() - started < 30_000);
  const { error } = await askFor(t, { code: 21011044, message: 'a'.repeat(100_000), request_id: 'R' });
  t.ok(error.message.length < 500, `${error.message.length} characters`);
});

await t.test(
  "a buyer's mail address and telephone number are hidden in TikTok's words; its ids and codes stay",
  async (t) => {
    const cases: [said: string, shown: string][] = [
      ['call +1 213-555-0134 now', 'call [hidden]now'],
      ['call (+1)2135550134', 'call [hidden]'],
      ['call 2135550134', 'call [hidden]'],
      ['call 213-555-0134', 'call [hidden]'],
      ['call (+44)20******34', 'call [hidden]'],
      ['write to jane.doe+x@mail.example', 'write to [hidden]'],
      [
        'order 576461413038785752 of 2026-11-30, code 21011044',
        'order 576461413038785752 of 2026-11-30, code 21011044',
      ],
      ['at most 100 (of 1,000)', 'at most 100 (of 1,000)'],
    ];
    for (const [said, shown] of cases) t.equal(hideSecrets(said, []), shown);
    // What TikTok says of a single SKU comes by another way.
    const refusal = { tiktokCode: '12052990', httpStatus: 200, requestId: null, retryAfterMs: null };
    const error = errorOfRefusal({ ...refusal, message: 'ask jane@mail.example or 2135550134' }, 'write');
    t.notMatch(error.message, /jane|2135550134/);
  },
);

await t.test('characters that no database takes are gone from every text of an answer', async (t) => {
  const text = String.raw`{"code":0,"data":{"shops":[{"na\u0000me":"My \u0000\ud800Shop \ud83d\ude00","id":576460752303423488}]}}`;
  t.same(readEnvelope(text)?.data, { shops: [{ name: 'My Shop 😀', id: '576460752303423488' }] });
});

await t.test(
  'an answer that breaks off inside of a text is no JSON, and costs no more than its length',
  async (t) => {
    const broken = `{"id":576460752303423488,"text":"${'\\"'.repeat(500_000)}`;
    const started = performance.now();
    t.throws(() => parseExactJson(broken), SyntaxError);
    // Quadratic it would be minutes.
    t.ok(performance.now() - started < 20_000);
  },
);
