/** Nobody changes anything as nobody: routes and commands hand on who acts. Use cases cannot be called without (types). */
import t from 'tap';
import { readSources } from './source-files.js';

const CHANGES = /\b(?:app|api|scope|router)\.(?:post|put|delete|patch)\(\s*([^,]+),/g;
const HANDS_ON =
  /actorOf\(request\)|request\.caller\b|sentIn\(request\)|noteArrival\(|(?:documentInPath|outcomeOf|take|changeIn|changeProfiles)\(deps, request/;

/** Routes that change nothing of a company, or hand on the whole request. */
const NO_ACTOR: Record<string, string> = {
  "src/inventory/items/export-routes.ts '/Inventory/All/Export'": 'reads only',
  "src/inventory/items/export-routes.ts '/Inventory/:partnerId/Export'": 'reads only',
  "src/products/product-export-routes.ts '/Product/:partnerId/Exports/SupplierProducts'": 'reads only',
  "src/portal/login-pages.ts '/login'": 'nobody is logged in yet',
  "src/portal/login-pages.ts '/login/code'": 'nobody is logged in yet',
  "src/portal/pages/view-routes.ts '/views'": 'a bookmark of the person, with no history',
  "src/portal/pages/view-routes.ts '/views/:id/remove'": 'a bookmark of the person, with no history',
  'src/products/product-import-routes.ts `${PATH}/Upload`':
    'the file is taken, with its sender, before the body is validated',
  'src/channels/shopify/shopify-hook-routes.ts SHOPIFY_HOOK_PATH':
    'Shopify tells what is to be read, by a signature',
  'src/webhooks/in/webhook-in-routes.ts WEBHOOK_PATH': 'TikTok tells what is to be read, by a signature',
};

/** Commands that change nothing, or nothing of a company. */
const READING_COMMANDS = [
  'audit',
  'config',
  'doctor',
  'generate',
  'list-connections',
  'migrate',
  'openapi',
  'simulator',
];

const sources = readSources('src').filter(({ path }) => !path.startsWith('src/simulator/'));

/** From an opening bracket to the one that closes it. */
function callAt(text: string, start: number): string {
  let depth = 0;
  for (let at = text.indexOf('(', start); at < text.length; at++) {
    if (text[at] === '(') depth++;
    if (text[at] === ')' && --depth === 0) return text.slice(start, at);
  }
  return text.slice(start);
}

await t.test('every route that changes something hands on who calls it', async (t) => {
  const found: string[] = [];
  let count = 0;
  for (const { path, text } of sources) {
    for (const match of text.matchAll(CHANGES)) {
      count++;
      if (!HANDS_ON.test(callAt(text, match.index))) found.push(`${path} ${match[1]!.trim()}`);
    }
  }
  t.ok(count > 25, 'the routes were found');
  t.same(found.toSorted(), Object.keys(NO_ACTOR).toSorted());
});

await t.test('every command that changes something hands on who has started it', async (t) => {
  const commands = sources.filter(({ path }) => /^src\/cli\/.*-command\.ts$/.test(path));
  const silent = commands
    .filter(({ text }) => !text.includes('whoActs()'))
    .map(({ path }) => path.replace(/^src\/cli\/(.*)-command\.ts$/, '$1'));
  t.same(silent.toSorted(), READING_COMMANDS);
});

await t.test('what is written into the history, and what is taken in, asks for an actor', async (t) => {
  const wants = (path: string, pattern: RegExp) =>
    t.match(sources.find((source) => source.path === path)?.text, pattern, path);
  wants('src/documents/document-store.ts', /recordEvents\(tx: SqlTx, by: Actor,/);
  wants('src/documents/document-store.ts', /interface StatusChange \{[^}]*\n  by: Actor;/);
  wants('src/imports/arrival-routes.ts', /noteArrivals\(deps, connections, \{[^}]*by: request\.caller/);
  wants('src/sync/flows/flows.ts', /interface SubjectRun \{[^}]*\n  by: Actor;/);
  wants(
    'src/sync/effects/outbox.ts',
    /settle\(tx: Tx, entry: OutboxEntry<P>, outcome: EffectOutcome<R>, by: Actor\)/,
  );
});
