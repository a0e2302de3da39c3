import t from 'tap';
import { gateHelp, troubleshooting } from '../../src/compose/troubleshooting.js';
import { errorCatalogue } from '../../src/kernel/errors.js';
import { helpLink } from '../../src/kernel/help.js';
import { explainedGate } from '../../src/logicbroker/explanation-schema.js';
import { codeRules } from '../../src/tiktok/error-rules.js';
import { startPortalWorld } from '../portal/portal-world.js';
import { readSources } from '../structure/source-files.js';

const contents = troubleshooting();
const names = new Set(contents.gates.map(({ name }) => name));

/** Where gates get their names: lists of gates, those that an explanation adds, and those that the push stores. */
const NAMINGS = [
  { files: /(-gates|feed-brake)\.ts$/, name: /^\s+name: '([a-z-]+)',$/gm },
  { files: /\/push-explain-gates\.ts$/, name: /\bnamed\(\s*'([a-z-]+)'/g },
  {
    files: /\/(push-verdict|push-items|push-report)\.ts$/,
    name: /\b(?:IN_DOUBT|SOLD_OUT_FIRST) = '([a-z-]+)'/g,
  },
  { files: /\/push-verdict\.ts$/, name: /^ {2}'?[a-z-]+'?: '([a-z-]+)',$/gm },
  { files: /\/push-report\.ts$/, name: /THEN '(next-push)'/g },
  { files: /\/plan-acknowledgement\.ts$/, name: /`([a-z-]+): \$\{message\}`/g },
];

await t.test('every gate of the code has a cause and a next step on the page', async (t) => {
  const sources = readSources('src');
  for (const { files, name } of NAMINGS) {
    const found = sources
      .filter(({ path }) => files.test(path))
      .flatMap(({ code }) => [...code.matchAll(name)].map(([, gate = '']) => gate));
    t.ok(found.length > 0, String(files));
    for (const gate of found) t.ok(names.has(gate), gate);
  }
  t.ok(names.size > 50, `${names.size} gates`);
});

await t.test('the help of a gate that is gone, or that is empty, does not stay', async (t) => {
  for (const { question, gates, help } of gateHelp) {
    t.same(new Set(Object.keys(help)), new Set(gates.map(({ name }) => name)), question);
    for (const [name, { cause, next }] of Object.entries(help))
      t.match(`${cause}\n${next}`, /^.{10,}\.\n.{8,}\.$/, name);
  }
  const gates = [{ name: 'new-gate', rule: 'A rule.' }];
  t.throws(() => troubleshooting([{ question: 'Why', gates, help: {} }]), /new-gate has no help/);
});

await t.test('every error code and every code of TikTok is on the page once', async (t) => {
  t.same(new Set(contents.errors.map(({ name }) => name)), new Set(Object.keys(errorCatalogue)));
  for (const { name, status, cause, next } of contents.errors) {
    t.equal(status, errorCatalogue[name as keyof typeof errorCatalogue].status);
    t.match(`${cause}\n${next}`, /^.{10,}\.\n.{10,}\.$/, name);
  }
  const codes = contents.codes.flatMap((one) => one.codes);
  t.same(codes.toSorted(), [...codeRules.keys()].toSorted());
  t.ok(contents.codes.every(({ cause, reaction, next }) => cause && reaction && next));
});

await t.test(
  'Explain leads from a rule that does not pass to its place on the page, without a log-in',
  async (t) => {
    const { browser } = await startPortalWorld(t);
    const page = await browser().get('/help');
    t.equal(page.status, 200);
    t.match(page.text, /<h1>Troubleshooting<\/h1>/);
    for (const name of names) t.ok(page.text.includes(`<h2 id="${name}">`), name);
    for (const name of Object.keys(errorCatalogue)) t.ok(page.text.includes(`>${name}</th>`), name);
    const gate = { gate: 'remorse-hold', rule: 'r', outcome: 'refuse', reason: 'r', next: 'n' } as const;
    t.match(explainedGate(gate), { Help: '/help#remorse-hold' });
    t.equal(helpLink('remorse-hold'), '/help#remorse-hold');
    t.notOk('Help' in JSON.parse(JSON.stringify(explainedGate({ ...gate, outcome: 'pass' }))));
  },
);
