/** The trail of who changed what: appended with the change, sealed after it, and no row of it can be touched unseen. */
import { randomBytes } from 'node:crypto';
import t from 'tap';
import { audit } from '../../src/audit/audit.js';
import { exportAudit } from '../../src/audit/export-audit.js';
import { createRefusalTrail } from '../../src/audit/refusal-trail.js';
import { sealedAuditKey } from '../../src/audit/audit-chain.js';
import { reseal } from '../../src/store/sealed-columns.js';
import { sealAudit, tellHead } from '../../src/audit/seal-audit.js';
import { verifyAudit } from '../../src/audit/verify-audit.js';
import { operatorActor } from '../../src/companies/actor.js';
import { loadConfig } from '../../src/config/config.js';
import { MINUTE_MS } from '../../src/kernel/time.js';
import { createSealer } from '../../src/store/secrets.js';
import { recordingLog } from '../support/logs.js';
import { somebody } from '../support/actors.js';
import { testDatabase } from '../support/database.js';
import { commandLine, openAlready } from '../support/command-line.js';

const db = await testDatabase(t);
const tx = db.prisma;
const keys = { id: 'first', bytes: randomBytes(32) };
const sealer = createSealer([keys]);
const ada = operatorActor({ id: 1, login: 'ada', role: 'operator', companyId: null }, '192.0.2.7');

const verify = (heads: string[] = []) => verifyAudit({ tx, sealer }, heads);
const findings = async (heads: string[] = []) => (await verify(heads)).findings;

async function append(count: number, name = 'x'): Promise<void> {
  for (let nth = 0; nth < count; nth++) {
    const after = { name: `${name}${nth}` };
    await audit(tx, ada, [
      { action: 'connection.renamed', subject: `connection ${nth}`, companyId: 7001, after },
    ]);
  }
  await sealAudit({ db, sealer });
}

/** Does something with SQL alone, looks, and puts the table back as it was. */
async function tampered(sql: string[], heads: string[] = []): Promise<string[]> {
  await tx.$executeRawUnsafe('CREATE TABLE kept AS SELECT * FROM audit_entries');
  await tx.$executeRawUnsafe('CREATE TABLE kept_head AS SELECT * FROM audit_heads');
  await tx.$executeRawUnsafe('CREATE TABLE kept_change AS SELECT * FROM change_heads');
  try {
    for (const statement of sql) await tx.$executeRawUnsafe(statement);
    return await findings(heads);
  } finally {
    for (const [table, copy] of [
      ['audit_entries', 'kept'],
      ['audit_heads', 'kept_head'],
      ['change_heads', 'kept_change'],
    ]) {
      await tx.$executeRawUnsafe(`DELETE FROM ${table}`);
      await tx.$executeRawUnsafe(`INSERT INTO ${table} SELECT * FROM ${copy}`);
      await tx.$executeRawUnsafe(`DROP TABLE ${copy}`);
    }
  }
}

await t.test('an empty trail is whole', async (t) => {
  t.match(await verify(), { rows: 0, findings: [], head: null });
  t.equal(await tellHead({ db, log: recordingLog() }), 0);
});

await t.test('a row stands only if its change does', async (t) => {
  await t.rejects(
    db.transaction(async (inside) => {
      await audit(inside, somebody, [{ action: 'company.created', subject: 'company 1' }]);
      throw new Error('no');
    }),
  );
  t.equal(await tx.auditEntry.count(), 0);
});

await t.test('rows of many writers at once get positions without a gap, and one chain', async (t) => {
  const write = (nth: number) =>
    db.transaction((inside) =>
      audit(inside, ada, [{ action: 'company.created', subject: `company ${nth}` }]),
    );
  for (let round = 0; round < 10; round++)
    await Promise.all([
      ...[0, 1, 2].map((nth) => write(round * 3 + nth)),
      sealAudit({ db, sealer }),
      sealAudit({ db, sealer }),
    ]);
  await Promise.all([sealAudit({ db, sealer }), sealAudit({ db, sealer })]);
  await sealAudit({ db, sealer });
  const verdict = await verify();
  t.match(verdict, { rows: 30, unsealed: 0, findings: [] });
  t.match(verdict.head, /^30:[0-9a-f]{64}$/);
});

await t.test('a changed, removed, added or moved row is found, wherever it stands', async (t) => {
  await append(5);
  const { head } = await verify();
  t.same(await findings(), []);
  for (const column of ['actor_id', 'actor_via', 'actor_kind', 'actor_role', 'action', 'subject', 'digest'])
    t.match(
      await tampered([`UPDATE audit_entries SET ${column} = 'x' WHERE position = 3`]),
      [/Row 3/],
      column,
    );
  for (const column of ['actor_name', 'actor_from', 'before', 'after', 'salt'])
    t.match(
      await tampered([`UPDATE audit_entries SET ${column} = 'x' WHERE position = 33`]),
      [/Row 33: its values were changed/],
      column,
    );
  for (const change of [
    'company_id = 7002',
    'connection_id = 5',
    "created_at = created_at - interval '1 hour'",
  ])
    t.match(await tampered([`UPDATE audit_entries SET ${change} WHERE position = 35`]), [/Row 35/], change);
  t.match(await tampered(['DELETE FROM audit_entries WHERE position = 1']), [/Row 1 was removed/]);
  t.match(await tampered(['DELETE FROM audit_entries WHERE position BETWEEN 10 AND 12']), [/Rows 10 to 12/]);
  t.match(await tampered(['DELETE FROM audit_entries WHERE position = 35']), [/Row 35 was removed/]);
  t.match(
    await tampered([
      'DELETE FROM audit_entries WHERE position = 10',
      'UPDATE audit_entries SET position = position - 1 WHERE position = 11',
    ]),
    [/Row 10 does not fit/, /Row 11 was removed/],
  );
  t.match(
    await tampered([
      'UPDATE audit_entries SET position = -1 WHERE position = 20',
      'UPDATE audit_entries SET position = 20 WHERE position = 21',
      'UPDATE audit_entries SET position = 21 WHERE position = -1',
    ]),
    [/Row 20/, /Row 21/],
  );
  t.match(await tampered(['UPDATE audit_entries SET mac = NULL WHERE position = 30']), [
    /Row 30 has no link/,
  ]);
  const copy = `INSERT INTO audit_entries (position, actor_kind, actor_id, actor_via, actor_role, action, subject, digest, mac)
    SELECT 36, actor_kind, actor_id, actor_via, actor_role, action, subject, digest, mac FROM audit_entries WHERE position = 35`;
  t.match(await tampered([copy]), [/Row 36/]);
  const cutOff = [
    'DELETE FROM audit_entries WHERE position > 32',
    'UPDATE audit_heads SET position = 32, mac = (SELECT mac FROM audit_entries WHERE position = 32)',
    "UPDATE change_heads SET position = 32 WHERE log = 'audit_entries'",
  ];
  t.same(await tampered(cutOff), [], 'who rewrites everything is found by the log alone');
  t.match(await tampered(cutOff, [head!]), [/row 35, which is not there/]);
  t.match(await tampered(['DELETE FROM audit_heads']), [/head is gone/]);
  t.same(await findings([head!]), [], 'the trail itself is whole after all that');
});

await t.test('values can be wiped, and the chain holds', async (t) => {
  const wipe =
    'SET actor_name = NULL, actor_from = NULL, before = NULL, after = NULL, salt = NULL WHERE position = 32';
  t.same(await tampered([`UPDATE audit_entries ${wipe}`]), []);
  t.match(await tampered([`UPDATE audit_entries SET salt = NULL WHERE position = 32`]), [
    /wiped and has values/,
  ]);
});

await t.test('the chain outlives the key of encryption, and needs one that opens it', async (t) => {
  const both = createSealer([{ id: 'second', bytes: Buffer.alloc(32, 2) }, keys]);
  t.equal(await reseal(db, both, sealedAuditKey), 1);
  t.equal(await reseal(db, both, sealedAuditKey), 0);
  const second = createSealer([{ id: 'second', bytes: Buffer.alloc(32, 2) }]);
  t.same((await verifyAudit({ tx, sealer: second })).findings, []);
  await t.rejects(verify(), { code: 'service-unavailable' });
  t.equal(
    await reseal(db, createSealer([keys, { id: 'second', bytes: Buffer.alloc(32, 2) }]), sealedAuditKey),
    1,
  );
  t.match(await tampered([]), []);
});

await t.test('the end of the chain is told to the log once a day', async (t) => {
  const log = recordingLog();
  t.equal(await tellHead({ db, log }), 1);
  t.equal(await tellHead({ db, log }), 0);
  t.match(log.lines, [{ facts: { auditHead: /^35:[0-9a-f]{64}$/ } }]);
  t.same(await findings([String(log.lines[0]?.facts['auditHead'])]), []);
  await tx.$executeRawUnsafe("UPDATE audit_heads SET logged_at = logged_at - interval '25 hours'");
  t.equal(await tellHead({ db, log }), 1);
});

await t.test('what people type goes out whole, and no spreadsheet takes it for a formula', async (t) => {
  const name = '=HYPERLINK("http://evil.example")\n<script>,\u0000\ud800';
  await audit(tx, { ...ada, name }, [
    { action: 'company.renamed', subject: '@cmd', companyId: 7009, before: { name: 'x'.repeat(300_000) } },
  ]);
  await audit(tx, ada, [
    {
      action: 'company.renamed',
      subject: 'key tsc_0123456789abcdefghij',
      companyId: 7009,
      after: 'tsc_0123456789abcdefghij',
    },
  ]);
  await sealAudit({ db, sealer });
  const read = async (format: 'csv' | 'jsonl') => {
    let text = '';
    for await (const piece of exportAudit(tx, { companyId: 7009 }, format)) text += piece;
    return text;
  };
  const lines = (await read('jsonl')).trimEnd().split('\n');
  t.equal(lines.length, 2);
  t.equal(JSON.parse(lines[0]!).actorName, '=HYPERLINK("http://evil.example")\n<script>,\ufffd');
  t.ok(JSON.parse(lines[0]!).before.length < 2_000);
  const csv = await read('csv');
  t.match(csv, /^position,time,action,subject/);
  t.match(csv, `'=HYPERLINK`);
  t.match(csv, `,'@cmd,`);
  t.notMatch(csv + lines.join(''), 'tsc_0123456789abcdefghij');
  t.same(await findings(), []);
});

await t.test('refusals are told with who and where, and a flood writes few rows', async (t) => {
  const clock = { nowMs: Date.UTC(2026, 5, 1), now: () => new Date(clock.nowMs) };
  const trail = createRefusalTrail({ db, clock, log: recordingLog() });
  const refusal = { action: 'log-in.refused', via: 'portal', reason: 'wrong' } as const;
  const before = await tx.auditEntry.count();
  for (let nth = 0; nth < 500; nth++)
    await trail.tell({ ...refusal, id: 'ada', name: 'ada', from: '203.0.113.5' });
  t.equal((await tx.auditEntry.count()) - before, 1);
  for (let nth = 0; nth < 500; nth++)
    await trail.tell({ ...refusal, id: `u${nth}`, name: `u${nth}`, from: `203.0.113.${nth % 250}` });
  t.equal((await tx.auditEntry.count()) - before, 100);
  clock.nowMs += 11 * MINUTE_MS;
  await trail.tell({ ...refusal, id: 'eve', name: 'eve', from: '203.0.113.5' });
  const rows = await tx.auditEntry.findMany({ orderBy: { id: 'asc' }, skip: before });
  t.equal(rows.length, 103);
  t.match(rows[0], {
    actorKind: 'stranger',
    actorId: 'ada',
    actorFrom: '203.0.113.5',
    after: '{"reason":"wrong"}',
  });
  t.match(rows[100], { actorId: 'ada', after: '{"reason":"wrong","more":499}' });
  t.match(rows[101], { actorId: 'many', after: /"more":401/ });
  t.match(rows[102], { actorId: 'eve' });
  await trail.flush();
  t.equal(await tx.auditEntry.count(), before + 103);
});

await t.test('the commands check the trail and write it out', async (t) => {
  const config = () => loadConfig({ ENCRYPTION_KEYS: `first:${keys.bytes.toString('base64')}` });
  const cli = commandLine({ ...openAlready(db), config });
  const whole = await cli('audit', 'verify');
  t.match(whole, { code: 0, text: /The audit trail is whole/ });
  const head = /Head (\d+:[0-9a-f]{64})/.exec(whole.text)?.[1] ?? '';
  t.match(await cli('audit', 'verify', '--head', head), { code: 0 });
  t.match(await cli('audit', 'verify', '--head', 'nonsense'), { code: 2 });
  await tx.$executeRawUnsafe("UPDATE audit_entries SET subject = 'connection 99' WHERE position = 31");
  t.match(await cli('audit', 'verify'), { code: 1, text: /Row 31 does not fit[\s\S]*NOT whole/ });
  await tx.$executeRawUnsafe("UPDATE audit_entries SET subject = 'connection 0' WHERE position = 31");
  t.match(await cli('audit', 'verify', '--json'), { code: 0, text: /"findings": \[\]/ });
  const lines = (await cli('audit', 'export', '--format', 'jsonl', '--company', '7001')).text.split('\n');
  t.equal(lines.length, 5);
  t.match(JSON.parse(lines[0]!), {
    position: '31',
    action: 'connection.renamed',
    actorName: 'ada',
    company: 7001,
  });
  t.match((await cli('audit', 'export', '--since', '2100-01-01')).text, /^position,time,[^\n]*$/);
  t.match(await cli('audit', 'export', '--format', 'xml'), { code: 2 });
  t.match(await cli('audit', 'export', '--since', 'yesterday'), { code: 2 });
});
