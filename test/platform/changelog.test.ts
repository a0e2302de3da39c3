import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import t, { type Test } from 'tap';
import { productVersion } from '../../src/kernel/version.js';

const run = promisify(execFile);
const SCRIPT = resolve('changelog.d/fold.mjs');

interface Outcome {
  code: number;
  err: string;
}

async function fold(cwd: string, ...args: string[]): Promise<Outcome> {
  try {
    await run(process.execPath, [SCRIPT, ...args], { cwd, timeout: 20_000 });
    return { code: 0, err: '' };
  } catch (error) {
    const { code, stderr } = error as { code: number; stderr: string };
    return { code, err: stderr };
  }
}

async function repository(t: Test, fragments: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'connector-changelog-'));
  t.teardown(() => rm(folder, { recursive: true }));
  await mkdir(join(folder, 'changelog.d'));
  await writeFile(
    join(folder, 'CHANGELOG.md'),
    '# Changelog\n\nWords.\n\n## [0.1.0] - 2026-11-30\n\nThe first.\n',
  );
  for (const [name, text] of Object.entries(fragments)) {
    await writeFile(join(folder, 'changelog.d', name), text);
  }
  return folder;
}

await t.test('the fragments of this repository are well-formed', async (t) => {
  t.same(await fold('.', '--check'), { code: 0, err: '' });
});

await t.test('the changelog begins with versions that were released, and knows this one', async (t) => {
  const changelog = await readFile('CHANGELOG.md', 'utf8');
  const versions = [...changelog.matchAll(/^## \[([^\]]+)\](.*)$/gm)];
  t.ok(versions.length > 0);
  for (const [, version = '', rest = ''] of versions) {
    t.match(version, /^\d+\.\d+\.\d+$/, 'changes that wait for a release are fragments');
    t.match(rest, /^ - \d{4}-\d\d-\d\d$/);
  }
  t.ok(versions.some(([, version]) => version === productVersion()));
  t.equal(versions.at(-1)?.[1], '0.1.0');
});

await t.test(
  'folding makes a section by kind, keeps what was there, and removes the fragments',
  async (t) => {
    const folder = await repository(t, {
      'b-second.fixed.md': 'A repaired thing\nover two lines.\n',
      'a-first.fixed.md': 'Another one.\n',
      'new.added.md': '`Explain` tells more.\n',
    });
    t.same(await fold(folder, '0.2.0', '2026-12-24'), { code: 0, err: '' });
    t.equal(
      await readFile(join(folder, 'CHANGELOG.md'), 'utf8'),
      [
        '# Changelog\n\nWords.\n',
        '## [0.2.0] - 2026-12-24\n',
        '### Added\n',
        '- `Explain` tells more.\n',
        '### Fixed\n',
        '- Another one.\n- A repaired thing\n  over two lines.\n',
        '## [0.1.0] - 2026-11-30\n',
        'The first.\n',
      ].join('\n'),
    );
    t.same(await readdir(join(folder, 'changelog.d')), []);
    t.match(await fold(folder, '0.2.0'), { code: 1, err: /0\.2\.0 already/ });
    t.match(await fold(folder, '0.3.0'), { code: 1, err: /no fragment/ });
    t.match(await fold(folder, 'next'), { code: 1, err: /Usage/ });
  },
);

await t.test('a malformed fragment is named with what is wrong, and nothing is folded', async (t) => {
  const bad: Record<string, [text: string, problem: RegExp]> = {
    'no-kind.md': ['A change.', /the name has to be/],
    'wrong.kind.md': ['A change.', /one of added/],
    'Upper.added.md': ['A change.', /the name has to be/],
    'empty.added.md': ['\n', /is empty/],
    'bullet.added.md': ['- A change.', /sentences|without bullet/],
    'heading.added.md': ['A change.\n# Heading.', /without bullet or heading/],
    'two.added.md': ['A change.\n\nAnother.', /one paragraph/],
    'no-stop.added.md': ['A change', /full stop/],
    'long.added.md': [`A ${'long '.repeat(100)}change.`, /characters/],
  };
  const folder = await repository(
    t,
    Object.fromEntries(Object.entries(bad).map(([name, [text]]) => [name, text])),
  );
  const { code, err } = await fold(folder, '0.2.0');
  t.equal(code, 1);
  const found = err.trim().split('\n');
  t.equal(found.length, Object.keys(bad).length);
  for (const [name, [, problem]] of Object.entries(bad)) {
    t.match(found.find((line) => line.startsWith(`changelog.d/${name}: `)) ?? '', problem, name);
  }
  t.equal((await readdir(join(folder, 'changelog.d'))).length, found.length);
});
