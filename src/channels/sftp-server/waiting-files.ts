import { posix } from 'node:path';
import { SECOND_MS } from '../../kernel/time.js';
import type { ByteShare } from './held-bytes.js';
import { isStillThere, listFolder, type SftpFileDeps, type WaitingFile } from './sftp-files.js';
import { folderAt } from './sftp-folders.js';

/** A listing stands for its names so long, so that fetching each of thousands does not list all of them again. */
const LISTED_MS = 60 * SECOND_MS;
/** About what a listed name holds in memory. */
const NAME_BYTES = 600;
const MOST_OPENED = 20_000;

/** The files to pick up as one client knows them. */
export function createWaitingFiles(deps: SftpFileDeps, companyId: number, share: ByteShare) {
  let listed: { directory: string; files: Map<string, WaitingFile>; untilMs: number } | null = null;
  const opened = new Map<string, WaitingFile>();

  function remember(directory: string, files: readonly WaitingFile[]): void {
    if (listed) share.give(listed.files.size * NAME_BYTES);
    listed = null;
    const byName = new Map(files.map((file) => [file.name, file]));
    if (byName.size > 0 && share.take(byName.size * NAME_BYTES))
      listed = { directory, files: byName, untilMs: deps.clock.now().getTime() + LISTED_MS };
  }

  async function list(directory: string): Promise<WaitingFile[]> {
    const folder = folderAt(directory);
    if (!folder) return [];
    const files = await listFolder(deps, companyId, folder);
    remember(directory, files);
    return files;
  }

  function listedAt(directory: string, name: string): WaitingFile | undefined {
    const isFresh = listed?.directory === directory && listed.untilMs > deps.clock.now().getTime();
    return isFresh ? listed?.files.get(name) : undefined;
  }

  return {
    list,
    /** The file under a path in this moment. */
    async find(path: string): Promise<WaitingFile | null> {
      const [directory, name] = [posix.dirname(path), posix.basename(path)];
      const known = listedAt(directory, name);
      if (known && (await isStillThere(deps, known))) return known;
      return (await list(directory)).find((file) => file.name === name) ?? null;
    },
    /** The client reads it: should another version stand under its path soon, what the client removes is the one that it has. */
    open(path: string, file: WaitingFile): void {
      opened.delete(path);
      opened.set(path, file);
      if (opened.size > MOST_OPENED) opened.delete(opened.keys().next().value!);
    },
    /** The file that the client has read under a path, once. */
    takeOpened(path: string): WaitingFile | undefined {
      const file = opened.get(path);
      opened.delete(path);
      return file;
    },
  };
}
