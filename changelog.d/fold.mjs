/**
 * `npm run changelog -- 0.2.0 [2026-12-24]` makes a section of CHANGELOG.md out of the fragments in changelog.d, and
 * removes them; `npm run changelog -- --check` only says what is wrong with them. README.md beside this file tells what a fragment is.
 */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = 'changelog.d';
const KINDS = ['added', 'changed', 'deprecated', 'removed', 'fixed', 'security'];
/** Not fragments. */
const OTHERS = ['README.md', 'fold.mjs'];
const MOST_CHARACTERS = 400;

const fragments = readdirSync(FOLDER)
  .filter((name) => !OTHERS.includes(name))
  .toSorted()
  .map(read);
const problems = fragments.flatMap(({ name, problem }) => (problem ? [`${FOLDER}/${name}: ${problem}`] : []));
const [version, date = new Date().toISOString().slice(0, 10)] = process.argv.slice(2);

if (problems.length > 0) end(problems.join('\n'));
if (version !== '--check') fold();

function read(name) {
  const text = readFileSync(join(FOLDER, name), 'utf8').trim();
  const [, kind] = /^[a-z0-9-]+\.([a-z]+)\.md$/.exec(name) ?? [];
  return { name, kind, text, problem: problemOf(kind, text) };
}

function problemOf(kind, text) {
  if (!KINDS.includes(kind))
    return `the name has to be words-with-dashes.KIND.md, KIND one of ${KINDS.join(', ')}`;
  if (text === '') return 'is empty';
  if (!/^[A-Z`]/.test(text) || !/[.:]$/.test(text))
    return 'has to be sentences, from a capital letter to a full stop';
  if (/^[-#*]|\n\s*\n|\n[-#*]/.test(text))
    return 'has to be one paragraph, without bullet or heading: folding adds the bullet';
  if (text.length > MOST_CHARACTERS)
    return `has ${text.length} characters; ${MOST_CHARACTERS} are enough for a change`;
  return null;
}

function fold() {
  if (!/^\d+\.\d+\.\d+$/.test(version ?? '') || !/^\d{4}-\d\d-\d\d$/.test(date)) {
    end('Usage: npm run changelog -- VERSION [YYYY-MM-DD], or --check');
  }
  const changelog = readFileSync('CHANGELOG.md', 'utf8');
  if (changelog.includes(`## [${version}]`)) end(`CHANGELOG.md has a section ${version} already.`);
  if (fragments.length === 0) end(`There is no fragment in ${FOLDER}.`);
  const sections = KINDS.flatMap((kind) => {
    const texts = fragments.filter((fragment) => fragment.kind === kind).map(({ text }) => text);
    if (texts.length === 0) return [];
    const heading = `### ${kind[0].toUpperCase()}${kind.slice(1)}`;
    return [[heading, '', ...texts.map((text) => `- ${text.replaceAll('\n', '\n  ')}`)].join('\n')];
  });
  const at = changelog.search(/^## \[/m);
  const head = at < 0 ? `${changelog.trimEnd()}\n\n` : changelog.slice(0, at);
  const rest = at < 0 ? '' : changelog.slice(at);
  writeFileSync(
    'CHANGELOG.md',
    `${head}${[`## [${version}] - ${date}`, ...sections].join('\n\n')}\n${rest && '\n'}${rest}`,
  );
  for (const { name } of fragments) rmSync(join(FOLDER, name));
}

function end(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
