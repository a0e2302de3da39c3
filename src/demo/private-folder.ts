import { constants, type Stats } from 'node:fs';
import { lstat, mkdir, open, realpath, stat, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AppError } from '../kernel/errors.js';

const { O_APPEND, O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_WRONLY } = constants;
/** Windows has neither these flags nor owners of this kind; there the profile's folders are private. */
const NO_FOLLOW = (O_NOFOLLOW ?? 0) | (O_NONBLOCK ?? 0);

/** A user that a server runs as. */
export interface SystemUser {
  uid: number;
  gid: number;
}

/**
 * A folder that is ours and closed to others, made when missing: mode 0700, or 0710 for the group of `passableBy`, which may
 * pass through it to what lies inside but neither list nor change it.
 * @returns its real path, and whether it was there before
 * @throws AppError configuration-invalid when somebody else has put it, or a link, there
 */
export async function ownPrivateFolder(
  path: string,
  passableBy?: SystemUser,
): Promise<{ path: string; wasThere: boolean }> {
  await mkdir(dirname(path), { recursive: true });
  const wasThere = await mkdir(path, { mode: 0o700 }).then(() => false, thereAlready);
  const real = await ownPath(path);
  if (real === null) throw notOurs(path, 'is gone again', 'Start again.');
  if (process.getuid) await closeToOthers(real, process.getuid(), passableBy);
  return { path: real, wasThere };
}

async function closeToOthers(path: string, uid: number, passableBy: SystemUser | undefined): Promise<void> {
  const folder = await open(path, O_RDONLY | O_DIRECTORY | NO_FOLLOW);
  await closing(folder, async () => {
    requireOwner(path, await folder.stat());
    // The group first: the wider mode must not hold for another group for a moment.
    if (passableBy) await folder.chown(uid, passableBy.gid);
    await folder.chmod(passableBy ? 0o710 : 0o700);
  });
}

/**
 * The real path of what is ours there: a link counts as ours when we, or root, have made it, and it leads to what is ours.
 * Null when there is nothing.
 * @throws AppError configuration-invalid when it belongs to somebody else
 */
export async function ownPath(path: string, owner = process.getuid?.()): Promise<string | null> {
  const found = await lstat(path).catch(noneThere);
  if (found === null) return null;
  if (!found.isSymbolicLink()) {
    requireOwner(path, found, owner);
    return path;
  }
  if (found.uid !== 0) requireOwner(path, found);
  const real = await realpath(path);
  requireOwner(real, await stat(real), owner);
  return real;
}

/** The text of a file of ours, or null when there is none. @throws AppError configuration-invalid for one of somebody else */
export async function readOwnFile(path: string): Promise<string | null> {
  const file = await open(path, O_RDONLY | NO_FOLLOW).catch((error: unknown) => refuseLink(path, error));
  if (file === null) return null;
  return closing(file, async () => {
    await requireOwnFile(path, file);
    return file.readFile('utf8');
  });
}

/** A new file for our eyes alone. @throws when there is one already, or a link */
export async function writeNewFile(path: string, text: string): Promise<void> {
  const file = await open(path, O_WRONLY | O_CREAT | O_EXCL | NO_FOLLOW, 0o600);
  await closing(file, () => file.writeFile(text));
}

/** A file of ours to write on at its end, for our eyes alone. @throws AppError configuration-invalid for one of somebody else */
export async function openOwnLog(path: string): Promise<FileHandle> {
  const flags = O_WRONLY | O_APPEND | O_CREAT | NO_FOLLOW;
  const file = await open(path, flags, 0o600).catch((error: unknown) => refuseLink(path, error));
  if (file === null) throw notOurs(path, 'is gone again', 'Start again.');
  try {
    await requireOwnFile(path, file);
  } catch (error) {
    await file.close();
    throw error;
  }
  return file;
}

/** Whether this user can get to a folder: the folder and all above it let the user pass. */
export async function canReach(folder: string, user: SystemUser): Promise<boolean> {
  for (let at = folder; ; at = dirname(at)) {
    const { uid, gid, mode } = await stat(at);
    const pass = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
    if ((mode & pass) === 0) return false;
    if (at === dirname(at)) return true;
  }
}

/** A refusal that says what is wrong with a path and what to do. */
export function notOurs(path: string, what: string, next: string): AppError {
  return new AppError('configuration-invalid', `${path} ${what}. ${next}`);
}

async function requireOwnFile(path: string, file: FileHandle): Promise<void> {
  if (!process.getuid) return;
  const facts = await file.stat();
  requireOwner(path, facts);
  // A second name may lie where others look, or be the file of another program.
  if (!facts.isFile() || facts.nlink > 1) {
    throw notOurs(path, 'is no plain file with one name', 'Find out where it comes from, then remove it.');
  }
  await file.chmod(0o600);
}

function requireOwner(path: string, { uid }: Stats, owner = process.getuid?.()): void {
  if (owner === undefined || uid === owner) return;
  throw notOurs(
    path,
    `belongs to user ${uid}, not to user ${owner}`,
    `If it is yours, give it back (chown -R ${owner}) or start as that user; if not, set DATA_DIR to another folder.`,
  );
}

/** ELOOP: the last part of the path is a link. */
function refuseLink(path: string, error: unknown): null {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return null;
  if (code !== 'ELOOP') throw error;
  throw notOurs(path, 'is a link', 'Find out where it comes from, then remove it.');
}

function noneThere(error: unknown): null {
  if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return null;
  throw error;
}

function thereAlready(error: unknown): true {
  if ((error as NodeJS.ErrnoException).code === 'EEXIST') return true;
  throw error;
}

async function closing<T>(file: FileHandle, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    await file.close();
  }
}
