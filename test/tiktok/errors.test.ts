import t from 'tap';
import { errorCatalogue } from '../../src/kernel/errors.js';
import { errorOfRefusal, errorOfSilence, errorOfUnreadableAnswer } from '../../src/tiktok/classify.js';
import { codeRules } from '../../src/tiktok/error-rules.js';
import { NoAnswerError } from '../../src/outbound/no-answer.js';
import { hideSecrets } from '../../src/tiktok/hide-secrets.js';
import type { Reaction } from '../../src/tiktok/tiktok-errors.js';

/**
 * All codes of TikTok's reference for shops, orders, fulfilment, logistics, cancellations and returns; of products those
 * that stock, prices and images can meet.
 */
const documentedCodes = `
  36004001 36004004 36004005 36009002 36009003 36009007 36009009 36009010 36009014 36009021 36009022 36009023 36009033
  98001004 101000 105001 105002 105005 106001 106013 12052109 33001002 12001000 12052881
  10002014 10002015 10037002 10037003 10037004 10006402 10007002 11001002 11050001 21001001 21011005 11001027 11034023
  21001003 11001031 11006005 11006026 21001008 21001011 21001043 21001055 21008300 21022029 21022030 21042001 21042076
  11003011 11005004 11034009 11006013 11006014 11006021 21008099 21011006 21011020 21011040 21042056 11021009 21011037
  11021010 11021012 11021013 11021023 11021024 11021025 11021011 11021021 11021014 11021015 11021016 11021017 11021018
  11021019 11021020 11021022 11028006 11034002 21008017 21008043 11034037 21004006 21004019 21004020 21004010 21008106
  21004012 21004015 21004016 21004017 21004024 21008025 21008042 21008044 21011007 21021010 21008111 21011028 21008116
  21008117 21011003 21011004 21011012 21011013 21011022 21011025 21011026 21034012 21011027 21011029 21011030 21011049
  21011050 21011051 21011052 21011031 21011033 21011046 21011035 21011036 21011041 21011042 21011043 21011044 21011048
  21011053 21011054 21022028 21023022 21023034 21023035 21023046 21023059 21042102 21042104 206108
  25001001 25001003 25001010 25001011 25001014 25001015 25001016 25001020 25001021 25001057 25001028 25001044 25001045
  25001046 25001051 25001058 25007002 25005005 25005010 25005011 25007006 25007007 25011010 25011011 25011012 25011013
  25020003 25020004 25020005 25020009 25020010 25020011 25011023 25011025 25011026 25011032 25011035 25020012 25020008
  12019015 12019022 12019024 12019027 12019028 12019045 12019059 12019087 12019108 12019109 12019113 12019118 12019119
  12019120 12019123 12019124 12019150 12052012 12052031 12052032 12052034 12052036 12052037 12052038 12052048 12052050
  12052055 12052073 12052084 12052092 12052094 12052095 12052096 12052097 12052115 12052141 12052180 12052260 12052308
  12052332 12052364 12052371 12052376 12052382 12052383 12052393 12052403 12052424 12052516 12052530 12052531 12052532
  12052533 12052534 12052535 12052553 12052556 12052557 12052558 12052570 12052571 12052572 12052700 12052703 12052704
  12052705 12052901 12052902 12052910 12052990 12019103 12019104 12019105 12019116 12038002 12038004 12038005 12038014
  12038015
`
  .trim()
  .split(/\s+/);

await t.test('every documented code has a rule that a person can act on', async (t) => {
  for (const code of documentedCodes) {
    const rule = codeRules.get(code);
    t.ok(rule && rule.text.endsWith('.') && rule.next.endsWith('.'), code);
  }
  t.equal(codeRules.size, documentedCodes.length, 'no rule without a documented code');
  t.notOk(codeRules.has('36009004'), 'told apart by its message, not by a rule');
});

interface Case {
  code: string;
  message?: string;
  httpStatus?: number;
  write: Reaction;
  /** Only where a read is judged differently. */
  read?: Reaction;
  errorCode: keyof typeof errorCatalogue;
}

const invalid = '36009004';
const cases: Case[] = [
  { code: '36009003', write: 'in-doubt', read: 'retry-later', errorCode: 'tiktok-in-doubt' },
  { code: '36009007', write: 'in-doubt', read: 'retry-later', errorCode: 'tiktok-in-doubt' },
  { code: '21001003', write: 'in-doubt', read: 'retry-later', errorCode: 'tiktok-in-doubt' },
  { code: '25001028', write: 'retry-later', errorCode: 'tiktok-unavailable' },
  { code: '36009033', write: 'retry-later', errorCode: 'tiktok-unavailable' },
  { code: '36009002', httpStatus: 429, write: 'throttled', errorCode: 'tiktok-throttled' },
  { code: '12052700', write: 'shop-inactive', errorCode: 'connection-not-ready' },
  {
    code: invalid,
    message: 'Access denied. The seller or the shop is inactive.',
    write: 'shop-inactive',
    errorCode: 'connection-not-ready',
  },
  { code: '105002', write: 'refresh-and-repeat', errorCode: 'tiktok-unavailable' },
  { code: '105001', httpStatus: 401, write: 'refresh-and-repeat', errorCode: 'tiktok-unavailable' },
  { code: '36004005', write: 'reauthorize', errorCode: 'needs-reauthorization' },
  { code: '101000', write: 'reauthorize', errorCode: 'needs-reauthorization' },
  { code: '105005', httpStatus: 401, write: 'scope-missing', errorCode: 'configuration-invalid' },
  { code: '21008106', write: 'refused', errorCode: 'tiktok-refused' },
  { code: '21011044', write: 'refused', errorCode: 'tiktok-refused' },
  { code: '21011025', write: 'refused', errorCode: 'tiktok-refused' },
  { code: '21011020', write: 'already-done', errorCode: 'tiktok-refused' },
  { code: '25020009', write: 'already-done', errorCode: 'tiktok-refused' },
  { code: '106013', write: 'bug', errorCode: 'internal' },
  { code: '106001', httpStatus: 401, write: 'bug', errorCode: 'configuration-invalid' },
  { code: '77777777', write: 'refused', errorCode: 'tiktok-refused' },
  { code: '77777777', httpStatus: 503, write: 'in-doubt', read: 'retry-later', errorCode: 'tiktok-in-doubt' },
  { code: '77777777', httpStatus: 429, write: 'throttled', errorCode: 'tiktok-throttled' },
  {
    code: invalid,
    message: 'Invalid access_token',
    write: 'refresh-and-repeat',
    errorCode: 'tiktok-unavailable',
  },
  {
    code: invalid,
    message: 'access token is invalid',
    write: 'refresh-and-repeat',
    errorCode: 'tiktok-unavailable',
  },
  { code: invalid, message: 'Expired Timestamp', write: 'clock-skew', errorCode: 'tiktok-unavailable' },
  { code: invalid, message: 'app_key is invalid', write: 'bug', errorCode: 'configuration-invalid' },
  { code: invalid, message: 'shop_cipher is not allowed', write: 'bug', errorCode: 'internal' },
  { code: invalid, message: '', write: 'bug', errorCode: 'internal' },
];

await t.test('each code asks for its reaction, and a failed read is never in doubt', async (t) => {
  for (const { code, message = 'said', httpStatus = 200, write, read = write, errorCode } of cases) {
    const refused = { tiktokCode: code, message, httpStatus, requestId: 'R1', retryAfterMs: null };
    const name = `${code} ${message} ${httpStatus}`;
    t.match(errorOfRefusal(refused, 'write'), { reaction: write, code: errorCode, tiktokCode: code }, name);
    t.equal(errorOfRefusal(refused, 'read').reaction, read, name);
  }
});

await t.test('every reaction has a case above, except those that no code can ask for', async (t) => {
  const covered = new Set(cases.flatMap((row) => [row.write, row.read ?? row.write]));
  const asked = new Set([...codeRules.values()].map((rule) => rule.reaction));
  for (const reaction of asked) t.ok(covered.has(reaction), reaction);
  t.ok(covered.has('clock-skew'));
});

await t.test('an error tells what happened, what to do, and what support needs', async (t) => {
  const refused = {
    tiktokCode: '21011036',
    message: 'sku in one package',
    httpStatus: 200,
    requestId: '2026R',
    retryAfterMs: null,
  };
  const error = errorOfRefusal(refused, 'write');
  t.equal(
    error.message,
    'All pieces of one SKU must stay in one package. TikTok says: sku in one package (code 21011036)',
  );
  t.match(error, { name: 'TikTokError', httpStatus: 200, requestId: '2026R', retry: 'never' });
  t.strictSame(error.details, [{ message: error.message, next: error.next }]);
});

await t.test('without an answer only a write that may have arrived is in doubt', async (t) => {
  t.equal(errorOfSilence(silence(true), 'write').reaction, 'in-doubt');
  t.equal(errorOfSilence(silence(false), 'write').reaction, 'retry-later');
  t.equal(errorOfSilence(silence(true), 'read').reaction, 'retry-later');
});

await t.test("an answer that is not TikTok's is judged by its HTTP status", async (t) => {
  t.match(errorOfUnreadableAnswer(page(429), 'write'), { reaction: 'throttled', retryAfterMs: 2000 });
  t.match(errorOfUnreadableAnswer(page(502), 'write'), { reaction: 'in-doubt', httpStatus: 502 });
  t.equal(errorOfUnreadableAnswer(page(502), 'read').reaction, 'retry-later');
  t.equal(errorOfUnreadableAnswer(page(307), 'write').reaction, 'in-doubt');
});

await t.test('what TikTok quotes of our secrets, or of a buyer, is hidden', async (t) => {
  const text = 'token TTP_abc of s3cret for buyer jane.doe+x@mail.example, TTP_abc';
  t.equal(
    hideSecrets(text, ['TTP_abc', 's3cret', '']),
    'token [hidden] of [hidden] for buyer [hidden] [hidden]',
  );
});

function silence(arrived: boolean): NoAnswerError {
  return new NoAnswerError('the connection broke', arrived, undefined);
}

function page(httpStatus: number) {
  return { httpStatus, retryAfterMs: 2000, problem: 'a page' };
}
