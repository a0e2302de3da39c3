import { readFileSync } from 'node:fs';
import t from 'tap';

interface LockedPackage {
  version?: string;
  optionalDependencies?: Record<string, string>;
}

const text = readFileSync('package-lock.json', 'utf8');
const { packages } = JSON.parse(text) as { packages: Record<string, LockedPackage> };

await t.test(
  'the lockfile knows the packages of every platform, so that npm ci works on all of them',
  async (t) => {
    const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
      Object.entries(optionalDependencies)
        // A range is somebody's extra that no platform needs; an exact version is a build for one.
        .filter(([name, version]) => /^\d/.test(version) && !isLocked(path, name))
        .map(([name, version]) => `${path} wants ${name}@${version}`),
    );
    t.same(missing, []);
  },
);

function isLocked(path: string, name: string): boolean {
  return `${path}/node_modules/${name}` in packages || `node_modules/${name}` in packages;
}

await t.test('the lockfile names no host', async (t) => {
  t.notMatch(text, /"resolved":/);
});
