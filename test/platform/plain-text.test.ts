import t from 'tap';
import { plainLine, plainLines } from '../../src/kernel/plain-text.js';
import { hideSecrets } from '../../src/tiktok/hide-secrets.js';

await t.test('a text of TikTok’s is one line without control characters, whatever it holds', (t) => {
  const hostile = 'no\u0000 stock\r\n2026-11-30 INFO all is well\u001b[2J\u202E\u2028next\u0085line\uD800';
  const line = hideSecrets(hostile, []);
  t.notMatch(line, /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Surrogate}]/u);
  t.match(line, /^no {1,2}stock .*all is well/);
  t.equal(hideSecrets('SKU 4711 is not for sale', []), 'SKU 4711 is not for sale');
  t.end();
});

await t.test('a text that is too long is cut, and says so; never in the middle of a character', (t) => {
  t.equal(plainLine('x'.repeat(50), 20), `${'x'.repeat(17)}...`);
  t.equal(plainLine(`${'x'.repeat(16)}🔑🔑🔑`, 20), `${'x'.repeat(16)}...`);
  t.equal(plainLine('x'.repeat(20), 20), 'x'.repeat(20));
  const started = process.cpuUsage();
  t.equal(plainLine('\u0007'.repeat(5_000_000), 2_000).length, 3);
  t.ok(process.cpuUsage(started).user < 5_000_000);
  t.equal(plainLines('a\nb\tc\u0007', 100), 'a\nb\tc ');
  t.end();
});
