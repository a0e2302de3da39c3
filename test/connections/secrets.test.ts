import { randomBytes } from 'node:crypto';
import t from 'tap';
import { createSealer, keyIdOf, type SecretKey } from '../../src/store/secrets.js';

const place = { table: 'authorizations', row: 7, column: 'access_token' };
const oldKey: SecretKey = { id: 'old', bytes: randomBytes(32) };
const newKey: SecretKey = { id: 'new', bytes: randomBytes(32) };

await t.test('a sealed text opens in its place', (t) => {
  const sealer = createSealer([newKey]);
  for (const text of ['TTP_AAAAexample', '', 'ünïcödé 🔑', 'x'.repeat(10_000)]) {
    t.equal(sealer.open(sealer.seal(text, place), place), text);
  }
  t.end();
});

await t.test('an envelope is worthless in any other row, column or table', (t) => {
  const sealer = createSealer([newKey]);
  const envelope = sealer.seal('secret', place);
  for (const other of [
    { ...place, row: 8 },
    { ...place, column: 'refresh_token' },
    { ...place, table: 'connections' },
    // The parts must not run together: 7 + 1x and 71 + x are different places.
    { table: 'authorizations', row: '7access', column: '_token' },
  ]) {
    t.throws(() => sealer.open(envelope, other), { code: 'configuration-invalid' });
  }
  t.end();
});

await t.test('one flipped bit anywhere in an envelope is noticed', (t) => {
  const sealer = createSealer([newKey]);
  const [version, keyId, text] = sealer.seal('secret', place).split('.');
  const body = Buffer.from(text ?? '', 'base64url');
  for (let byte = 0; byte < body.length; byte++) {
    const changed = Buffer.from(body);
    changed[byte] = (changed[byte] ?? 0) ^ 1;
    const envelope = [version, keyId, changed.toString('base64url')].join('.');
    t.throws(() => sealer.open(envelope, place), { code: 'configuration-invalid' }, `byte ${byte}`);
  }
  for (const broken of [
    '',
    'v1',
    'v1.new',
    'v1.new.',
    'v1.new.AAAA',
    'v2.new.AAAA',
    `${text}`,
    'plain text',
  ]) {
    t.throws(() => sealer.open(broken, place), { code: 'configuration-invalid' }, broken);
  }
  t.end();
});

await t.test('neither the text nor the key can be seen in an envelope or in an error', (t) => {
  const sealer = createSealer([newKey]);
  const envelope = sealer.seal('planted-secret', place);
  t.notMatch(Buffer.from(envelope.split('.')[2] ?? '', 'base64url').toString('latin1'), /planted/);
  try {
    sealer.open(envelope, { ...place, row: 8 });
    t.fail('opened');
  } catch (error) {
    t.notMatch(String(error), /planted/);
    t.notMatch(String(error), newKey.bytes.toString('base64'));
  }
  t.end();
});

await t.test('a key is replaced while everything runs: old envelopes open, new ones use the new key', (t) => {
  const before = createSealer([oldKey]);
  const between = createSealer([newKey, oldKey]);
  const after = createSealer([newKey]);
  const old = before.seal('secret', place);
  t.equal(between.open(old, place), 'secret');
  t.equal(keyIdOf(old), 'old');
  const fresh = between.seal('secret', place);
  t.equal(keyIdOf(fresh), 'new');
  t.equal(keyIdOf(between.seal('secret', place, 'old')), 'old', 'or the one that is asked for');
  t.equal(after.open(fresh, place), 'secret');
  t.throws(() => after.open(old, place), {
    code: 'service-unavailable',
    message: /key old, which is not configured/,
  });
  t.end();
});

await t.test('no two envelopes have the same nonce', (t) => {
  const sealer = createSealer([newKey]);
  const nonces = new Set<string>();
  for (let i = 0; i < 100_000; i++) {
    const body = sealer.seal('', place).split('.')[2] ?? '';
    // 96 bits are the first 16 characters of base64url.
    nonces.add(body.slice(0, 16));
  }
  t.equal(nonces.size, 100_000);
  t.end();
});

await t.test('keys that are missing, short or named twice are refused at start', (t) => {
  t.throws(() => createSealer([]), { code: 'configuration-invalid' });
  t.throws(() => createSealer([{ id: 'short', bytes: randomBytes(16) }]), /32 bytes/);
  t.throws(() => createSealer([newKey, { ...newKey }]), /Two encryption keys/);
  t.throws(() => createSealer([{ id: 'with.dot', bytes: randomBytes(32) }]), /not valid/);
  t.end();
});
