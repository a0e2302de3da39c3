import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../errors.js';

/** The folder that keeps everything of the demo between starts. One process at a time works on it. */
export interface DataFolder {
  path: string;
  release(): Promise<void>;
}

/**
 * Takes the folder for this process. The mark of a process that was killed is taken over.
 * @throws AppError configuration-invalid when another process works on it
 */
export async function takeDataFolder(path: string): Promise<DataFolder> {
  await mkdir(path, { recursive: true });
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

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
