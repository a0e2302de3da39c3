import { mkdir, open, readFile, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError } from '../kernel/errors.js';

/** The folder that keeps everything of the demo between starts. One process at a time works on it. */
interface DataFolder {
  path: string;
  release(): Promise<void>;
}

/**
 * Takes the folder for this process. The mark of a process that was killed is taken over.
 * @throws AppError configuration-invalid when another process works on it, or other users can change what is in it
 */
export async function takeDataFolder(path: string): Promise<DataFolder> {
  await makeFolder(path);
  const mark = join(path, 'connector.pid');
  for (;;) {
    try {
      const file = await open(mark, 'wx');
      await file.writeFile(String(process.pid));
      await file.close();
      return { path, release: () => rm(mark, { force: true }) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const owner = Number(await readFile(mark, 'utf8').catch(() => '0'));
    if (owner && owner !== process.pid && isAlive(owner)) {
      throw new AppError(
        'configuration-invalid',
        `Another start (process ${owner}) works on ${path}. End it first, or set DATA_DIR to another folder.`,
      );
    }
    await rm(mark, { force: true });
  }
}

/** Keys and tokens lie in it: nobody else may have put them there. */
async function makeFolder(path: string): Promise<void> {
  const uid = process.getuid?.();
  await mkdir(dirname(path), { recursive: true });
  // Root's PostgreSQL runs as another user, who has to pass through.
  await mkdir(path, { mode: uid === 0 ? 0o711 : 0o700 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  const found = await stat(path);
  if (uid === undefined) return;
  const another = ' Or set DATA_DIR to another folder.';
  if (found.uid !== uid && found.uid !== 0) {
    const text = `${path} belongs to user ${found.uid}, and this is user ${uid}. Give it back (chown -R ${uid}) when it is yours, or start as that user.`;
    throw new AppError('configuration-invalid', text + another);
  }
  if ((found.mode & 0o002) !== 0) {
    const text = `${path} can be changed by every user of this machine. Look at what is in it, then close it: chmod o-w ${path}`;
    throw new AppError('configuration-invalid', `${text}.${another}`);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
