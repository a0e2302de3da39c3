import t from 'tap';
import {
  findTotpStep,
  newRecoveryCodes,
  newTotpSecret,
  plainRecoveryCode,
  totpAt,
  totpUri,
} from '../../src/companies/totp.js';

/** RFC 6238, appendix B: the ASCII secret 12345678901234567890, SHA-1, the last six of its eight digits. */
const RFC_SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';

await t.test('codes are those of the RFC', async (t) => {
  for (const [seconds, code] of [
    [59, '287082'],
    [1_111_111_109, '081804'],
    [1_111_111_111, '050471'],
    [1_234_567_890, '005924'],
    [2_000_000_000, '279037'],
    [20_000_000_000, '353130'],
  ] as const)
    t.equal(totpAt(RFC_SECRET, Math.floor(seconds / 30)), code);
});

await t.test('a code counts in its half minute and in the ones beside it', async (t) => {
  const secret = newTotpSecret();
  t.match(secret, /^[A-Z2-7]{32}$/);
  const at = (seconds: number) => new Date(seconds * 1000);
  const code = totpAt(secret, 1000);
  for (const seconds of [29_970, 30_000, 30_029, 30_059])
    t.equal(
      findTotpStep(secret, ` ${code.slice(0, 3)} ${code.slice(3)}`, at(seconds)),
      1000,
      String(seconds),
    );
  for (const wrong of ['', '000', code + '0', 'abcdef', '１２３４５６'])
    t.equal(findTotpStep(secret, wrong, at(30_000)), null, wrong);
  t.equal(
    totpAt(secret, 1000) === totpAt(secret, 1002) ? null : findTotpStep(secret, code, at(30_060)),
    null,
  );
});

await t.test('an app reads the secret from the link, whatever the login is', async (t) => {
  const uri = new URL(totpUri(RFC_SECRET, 'a&b=c?d@x.example'));
  t.equal(uri.protocol, 'otpauth:');
  t.equal(uri.searchParams.get('secret'), RFC_SECRET);
  t.equal(decodeURIComponent(uri.pathname).split(':').at(-1), 'a&b=c?d@x.example');
});

await t.test('recovery codes are long, different, and read however they are typed', async (t) => {
  const codes = newRecoveryCodes();
  t.equal(new Set(codes).size, 10);
  for (const code of codes) t.match(code, /^[a-z2-7]{4}(-[a-z2-7]{4}){3}$/);
  const [first = ''] = codes;
  t.equal(plainRecoveryCode(` ${first.toUpperCase().replaceAll('-', ' ')} `), plainRecoveryCode(first));
  t.equal(plainRecoveryCode('123456'), null);
});
