import { fastify } from 'fastify';
import t from 'tap';
import { AppError } from '../../src/kernel/errors.js';
import { createLogger, logForm } from '../../src/telemetry/logging.js';
import { redactText } from '../../src/kernel/redact.js';

function capture(form: 'json' | 'short' = 'json'): {
  log: ReturnType<typeof createLogger>;
  text: () => string;
  lines: () => Record<string, unknown>[];
} {
  let text = '';
  const log = createLogger({ level: 'debug', form, destination: { write: (line) => (text += line) } });
  return {
    log,
    text: () => text,
    lines: () =>
      text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Record<string, unknown>),
  };
}

await t.test('planted secrets and personal data never reach a line, however they were logged', async (t) => {
  const { log, text } = capture();
  const secret = 'planted';
  log.info({
    authorization: `Bearer ${secret}`,
    headers: { 'x-tts-access-token': secret, cookie: `s=${secret}` },
  });
  log.info({ query: { app_secret: secret, auth_code: secret, sign: secret, 'subscription-key': secret } });
  log.info({
    order: { recipient: { name: secret }, buyerEmail: secret, shipToAddress: [secret] },
    body: secret,
  });
  log.info({ url: `/api/v3/Orders?Subscription-Key=${secret}&page=0` }, `GET /x?subscription-key=${secret}`);
  log.child({ refreshToken: secret }).warn({ databaseUrl: `postgresql://app:${secret}@db/x` }, 'child');
  log.error({
    err: new AppError(
      'tiktok-unavailable',
      `GET https://host/api/v2/token/get?app_key=k&app_secret=${secret}`,
    ),
  });
  log.error({ err: new Error('outer', { cause: new Error(`redis://:${secret}@cache:6379 refused`) }) });
  log.error(new Error(`connect postgresql://app:${secret}@db:5432/x`), 'bare error');
  log.info({ err: Object.assign(new Error('x'), { request: { password: secret } }) });
  t.notMatch(text(), secret);
  t.match(text(), '[hidden]');
});

await t.test('tokens and keys are known by their look', async (t) => {
  t.equal(redactText('key tsc_0123456789abcdefABCDEF refused'), 'key [hidden] refused');
  t.equal(
    redactText(
      'token TTP_pwSm2AAAAABmmtFz1xlyKMnwg74T2GJ5s0uQbS8jPjb_GkdFVCxPqzQXSyuyfXdQa0AqyDsea2tYFNVf4XeqgZHFfPyv0Vs659QqyLYfsGzanZ5XZAin3_ZkcIxxS0_In6u6XDeU96k was',
    ),
    'token [hidden] was',
  );
});

await t.test('what a maintainer needs stays readable', async (t) => {
  const { log, lines } = capture();
  log.info(
    {
      connectionId: 7,
      flow: 'pull-orders',
      counts: { exported: 3 },
      flowId: 12n,
      state: 'in_doubt',
      code: '0',
    },
    'run',
  );
  log.error({ err: new AppError('tiktok-throttled', 'slow down', { retryAfterMs: 5 }) }, 'failed');
  const [run, failed] = lines();
  t.match(run, {
    level: 'info',
    msg: 'run',
    connectionId: 7,
    counts: { exported: 3 },
    flowId: '12',
    state: 'in_doubt',
    code: '0',
  });
  t.match(failed, {
    level: 'error',
    err: { type: 'AppError', code: 'tiktok-throttled', retryAfterMs: 5, stack: /logging\.test/ },
  });
  t.match(String(run?.['time']), /^\d{4}-\d\d-\d\dT.*Z$/);
});

await t.test('text without secrets is left as it is', async (t) => {
  const plain =
    'GET https://open-api.tiktokglobalshop.com/order/202309/orders?page_size=100&sort=asc took 12 ms, a=b';
  t.equal(redactText(plain), plain);
});

await t.test(
  'a text of any length is cut, and a secret where it is cut is hidden all the same',
  async (t) => {
    const { log, lines } = capture();
    const start = 'x'.repeat(9_980);
    log.error(
      { err: new Error(`${start} postgresql://app:planted@db/x${start}`), path: start + start },
      'long',
    );
    const [line] = lines() as { err: { message: string }; path: string }[];
    t.ok(line!.err.message.length < 10_100 && line!.path.length < 10_100);
    t.notMatch(JSON.stringify(line), 'planted');
  },
);

await t.test('an object that holds itself does not break the line', async (t) => {
  const { log, lines } = capture();
  const loop: Record<string, unknown> = { name: 'loop' };
  loop['self'] = loop;
  log.info({ loop }, 'cycle');
  t.equal(lines()[0]?.['msg'], 'cycle');
});

await t.test('an object of nobody’s class does not break the line', async (t) => {
  const { log, lines } = capture();
  const orphan = Object.create(Object.create(null) as object) as object;
  log.error({ err: Object.assign(new Error('broken'), { orphan }) }, 'failed');
  t.match(lines()[0], { msg: 'failed', err: { message: 'broken', orphan: '[object]' } });
});

await t.test("Fastify's own lines are redacted too, and keep what is wrong", async (t) => {
  const { log, text, lines } = capture();
  const app = fastify({ loggerInstance: log });
  app.get('/orders', () => {
    throw new AppError('internal', 'broken at ?sign=planted');
  });
  await app.inject('/orders?subscription-key=planted&page=2');
  await app.close();
  t.notMatch(text(), 'planted');
  t.match(
    lines().find((line) => line['req']),
    { req: { method: 'GET', url: '/orders?subscription-key=[hidden]&page=2' } },
  );
  t.match(
    lines().find((line) => line['level'] === 'error'),
    { err: { message: 'broken at ?sign=[hidden]' } },
  );
});

await t.test('a person at the demo reads short lines, everything else reads JSON', async (t) => {
  const { log, text } = capture('short');
  log.warn({ port: 3000, err: new Error('in use') }, 'cannot listen');
  t.match(text(), /^\d\d:\d\d:\d\d WARN cannot listen in use port=3000\n$/);
  t.equal(logForm({ mode: 'demo' }, true), 'short');
  t.equal(logForm({ mode: 'demo' }, false), 'json');
  t.equal(logForm({ mode: 'production' }, true), 'json');
});
