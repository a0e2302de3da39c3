import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { newWebhookSecret, secretProblem, signedHeaders } from '../../src/webhooks/out/webhook-secret.js';

const page = readFileSync(new URL('../../../docs/webhooks.md', import.meta.url), 'utf8');
const codeIn = (language: string): string => page.split(`\`\`\`${language}\n`)[1]?.split('\n```')[0] ?? '';
const isHere = (program: string): boolean => spawnSync(program, ['--version']).status === 0;

/** How the code of the page is run: it reads cases from a file, and writes for each whether it is good. */
const runners = [
  {
    language: 'js',
    program: process.execPath,
    file: 'check.mjs',
    drive: `\nimport { readFileSync } from 'node:fs';
for (const { secret, headers, body } of JSON.parse(readFileSync(process.argv[2])))
  console.log(verify(secret, headers, Buffer.from(body, 'base64')) ? 'good' : 'bad');`,
  },
  {
    language: 'python',
    program: 'python3',
    file: 'check.py',
    drive: `\nimport json, sys
for case in json.load(open(sys.argv[1])):
    print("good" if verify(case["secret"], case["headers"], base64.b64decode(case["body"])) else "bad")`,
  },
  {
    language: 'php',
    program: 'php',
    file: 'check.php',
    before: '<?php\n',
    drive: `\nforeach (json_decode(file_get_contents($argv[1]), true) as $case)
    echo verify($case['secret'], $case['headers'], base64_decode($case['body'])) ? "good\\n" : "bad\\n";`,
  },
];

await t.test('the code of the page tells good messages from bad ones, wherever it can run', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'webhook-checks-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const [secret, next, other] = [newWebhookSecret(), newWebhookSecret(), newWebhookSecret()];
  const body = Buffer.from('{"type":"order.created","data":{"LinkKey":"Ü-1"}}');
  const at = new Date();
  const headers = signedHeaders([secret], { id: 'msg_1_1', at, body });
  const both = signedHeaders([next, secret], { id: 'msg_1_1', at, body });
  const old = signedHeaders([secret], { id: 'msg_1_1', at: new Date(at.getTime() - 400_000), body });
  const cases: [headers: object, body: Buffer, secret: string, verdict: 'good' | 'bad'][] = [
    [headers, body, secret, 'good'],
    [both, body, secret, 'good'],
    [both, body, next, 'good'],
    [headers, body, other, 'bad'],
    [headers, Buffer.concat([body, Buffer.from(' ')]), secret, 'bad'],
    [{ ...headers, 'webhook-id': 'msg_1_2' }, body, secret, 'bad'],
    [{ ...headers, 'webhook-signature': 'v1,' }, body, secret, 'bad'],
    [
      { ...headers, 'webhook-signature': `v2,${headers['webhook-signature']?.slice(3)}` },
      body,
      secret,
      'bad',
    ],
    [old, body, secret, 'bad'],
  ];
  const input = join(folder, 'cases.json');
  const written = cases.map(([given, bytes, key]) => ({
    headers: given,
    body: bytes.toString('base64'),
    secret: key,
  }));
  await writeFile(input, JSON.stringify(written));
  const wanted = cases.map(([, , , verdict]) => verdict);
  const usable = runners.filter(({ program }) => isHere(program));
  t.ok(usable.some(({ language }) => language === 'js'));
  for (const { language, program, file, before = '', drive } of usable) {
    const code = codeIn(language);
    t.match(code, /verify/i, language);
    await writeFile(join(folder, file), before + code + drive);
    const said = execFileSync(program, [join(folder, file), input], { encoding: 'utf8' });
    t.same(said.trim().split(/\r?\n/), wanted, language);
  }
  t.match(codeIn('csharp'), /FixedTimeEquals/);
});

await t.test('our signatures are those of the vector that Standard Webhooks publishes', (t) => {
  // From the tests of its own libraries.
  const { 'webhook-signature': signature } = signedHeaders(['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'], {
    id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    at: new Date(1_614_265_330_000),
    body: Buffer.from('{"test": 2432232314}'),
  });
  t.equal(signature, 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
  t.end();
});

await t.test('a secret of a caller is one of Standard Webhooks, or is refused', (t) => {
  for (let nth = 0; nth < 100; nth++) t.equal(secretProblem(newWebhookSecret()), null);
  t.equal(secretProblem(`whsec_${randomBytes(24).toString('base64')}`), null);
  for (const secret of [
    '',
    'secret',
    'whsec_',
    'whsec_c2hvcnQ=',
    `whsec_${'!'.repeat(44)}`,
    `whsec_${'A'.repeat(100_000)}`,
  ])
    t.match(secretProblem(secret), /must be whsec_/, secret.slice(0, 40));
  t.end();
});
