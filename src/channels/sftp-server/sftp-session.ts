import { posix } from 'node:path';
import type { KeyActor } from '../../companies/actor.js';
import type { ByteShare } from './held-bytes.js';
import { directoryAttributes, entryOf, fileAttributes, type ListedName } from './sftp-attributes.js';
import {
  dropFile,
  noteRead,
  readFile,
  removeFile,
  type SftpFileDeps,
  type WaitingFile,
} from './sftp-files.js';
import { isPartial } from '../partial-name.js';
import { fileAt, folderAt, plainPath } from './sftp-folders.js';
import { answerInOrder, Refusal } from './sftp-requests.js';
import { createUpload, type Upload } from './sftp-upload.js';
import type { Attributes, SftpStream, Ssh2 } from '../ssh2-api.js';
import { createWaitingFiles } from './waiting-files.js';

const NAMES_AT_ONCE = 200;
const MOST_HANDLES = 64;
/** Of a session: names that it remembers. */
const MOST_DROPPED = 10_000;
const LARGEST_READ = 262_144;
/** About what a name of a listing holds in memory. */
const NAME_BYTES = 500;

type Handle =
  | { is: 'directory'; names: ListedName[]; held: number }
  | { is: 'read'; file: WaitingFile; bytes: Buffer; isNoted: boolean; held: number }
  | { is: 'write'; path: string; name: string; isAppended: boolean; upload: Upload };

/** What was written under the name of a file that is not whole yet, and what was taken. */
interface Dropped {
  bytes: Buffer | null;
  size: number;
  at: Date;
  /** Memory that it holds. */
  held: number;
}

/** What one client has of the server. */
interface SessionOptions {
  deps: SftpFileDeps;
  by: KeyActor;
  share: ByteShare;
  /** Gets the readings of dropped files, for whoever closes the server. */
  readings: Set<Promise<void>>;
  isGood: () => Promise<boolean>;
  unsent: () => number;
  hangUp: () => void;
}

/**
 * Serves one client the folders of its company. Nothing of it lies on a disk: files to pick up are deliveries, and a dropped file is
 * taken when its handle is closed, or when it gets its final name. What was not whole when the connection ended never was.
 * @returns settled: when everything that had arrived before the connection ended is done
 */
export function serveSftp(
  ssh2: Ssh2,
  sftp: SftpStream,
  { deps, by, share, readings, ...session }: SessionOptions,
): { settled: () => Promise<void> } {
  const { STATUS_CODE: STATUS, OPEN_MODE: MODE } = ssh2.utils.sftp;
  const handles = new Map<number, Handle>();
  const dropped = new Map<string, Dropped>();
  const waiting = createWaitingFiles(deps, by.companyId, share);
  let next = 0;
  const { companyId } = by;
  const { on, settled } = answerInOrder(ssh2, sftp, { companyId, log: deps.log, share, ...session });

  const ok = (id: number): void => sftp.status(id, STATUS.OK);
  const open = (id: number, handle: Handle): void => {
    if (handles.size >= MOST_HANDLES) throw new Refusal('FAILURE', 'Too many files are open.');
    const key = next++;
    handles.set(key, handle);
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(key);
    sftp.handle(id, bytes);
  };
  const handleOf = (bytes: Buffer): Handle => {
    const handle = bytes.length === 4 ? handles.get(bytes.readUInt32BE()) : undefined;
    if (!handle) throw new Refusal('FAILURE', 'There is no such handle.');
    return handle;
  };
  const hold = (bytes: number): number => {
    if (!share.take(bytes)) throw new Refusal('FAILURE', 'There is no room for it now: try again soon.');
    return bytes;
  };

  // A client that has no more to say waits for the channel to be closed.
  sftp.on('end', () => void settled().finally(() => sftp.end()));

  async function waitingAt(path: string): Promise<WaitingFile> {
    const file = await waiting.find(path);
    if (!file) throw new Refusal('NO_SUCH_FILE', 'There is no such file.');
    return file;
  }

  async function stat(path: string): Promise<Attributes> {
    if (folderAt(path)) return directoryAttributes(deps.clock.now());
    const known = dropped.get(path);
    if (known) return fileAttributes(known.size, known.at);
    const { bytes, modifiedAt } = await waitingAt(path);
    return fileAttributes(bytes, modifiedAt);
  }

  async function take(path: string, bytes: Buffer): Promise<void> {
    const place = dropPlace(path);
    const { reading } = await dropFile(deps, by, { ...place, bytes });
    readings.add(reading);
    void reading.finally(() => readings.delete(reading));
    noteDropped(path, { bytes: null, size: bytes.length, at: deps.clock.now(), held: 0 });
  }

  function noteDropped(path: string, file: Dropped): void {
    forgetDropped(path);
    if (dropped.size >= MOST_DROPPED) {
      const [oldest] = [...dropped].find(([, { bytes }]) => bytes === null) ?? [];
      if (oldest === undefined) throw new Refusal('FAILURE', 'Too many files in one session: log in again.');
      dropped.delete(oldest);
    }
    dropped.set(path, file);
  }

  function forgetDropped(path: string): boolean {
    share.give(dropped.get(path)?.held ?? 0);
    return dropped.delete(path);
  }

  on('REALPATH', (id: number, path: string) => {
    const whole = plainPath(path);
    sftp.name(id, [{ filename: whole, longname: whole, attrs: {} }]);
  });
  on('STAT', async (id: number, path: string) => sftp.attrs(id, await stat(plainPath(path))));
  on('LSTAT', async (id: number, path: string) => sftp.attrs(id, await stat(plainPath(path))));
  on('FSTAT', (id: number, bytes: Buffer) => {
    const handle = handleOf(bytes);
    const now = deps.clock.now();
    if (handle.is === 'directory') sftp.attrs(id, directoryAttributes(now));
    else if (handle.is === 'read')
      sftp.attrs(id, fileAttributes(handle.bytes.length, handle.file.modifiedAt));
    else sftp.attrs(id, fileAttributes(handle.upload.size(), now));
  });
  // Times and modes that clients set on what they drop mean nothing here.
  on('SETSTAT', ok);
  on('FSETSTAT', ok);

  on('OPENDIR', async (id: number, path: string) => {
    const whole = plainPath(path);
    const folder = folderAt(whole);
    if (!folder) throw new Refusal('NO_SUCH_FILE', 'There is no such folder.');
    const now = deps.clock.now();
    const entries = 'entries' in folder ? folder.entries : [];
    const files = await waiting.list(whole);
    const own = [...dropped].filter(([each, { bytes }]) => bytes && posix.dirname(each) === whole);
    const held = hold((entries.length + files.length + own.length) * NAME_BYTES);
    open(id, {
      is: 'directory',
      held,
      names: [
        ...entries.map((name) => entryOf(name, directoryAttributes(now))),
        ...files.map(({ name, bytes, modifiedAt }) => entryOf(name, fileAttributes(bytes, modifiedAt))),
        ...own.map(([each, { size, at }]) => entryOf(posix.basename(each), fileAttributes(size, at))),
      ],
    });
  });
  on('READDIR', (id: number, bytes: Buffer) => {
    const handle = handleOf(bytes);
    if (handle.is !== 'directory') throw new Refusal('FAILURE', 'That is no folder.');
    const names = handle.names.splice(0, NAMES_AT_ONCE);
    if (names.length === 0) sftp.status(id, STATUS.EOF);
    else sftp.name(id, names);
  });

  on('OPEN', async (id: number, path: string, flags: number) => {
    const whole = plainPath(path);
    if (flags & MODE.WRITE || flags & MODE.APPEND) {
      const { name } = dropPlace(whole);
      // A client that goes on with a file that it began under the name of a partial one.
      const before = flags & MODE.TRUNC ? undefined : dropped.get(whole)?.bytes;
      const upload = createUpload(share, deps.largestBytes, before ?? undefined);
      open(id, { is: 'write', path: whole, name, isAppended: (flags & MODE.APPEND) !== 0, upload });
      return;
    }
    const file = await waitingAt(whole);
    const held = hold(file.bytes);
    const bytes = await readFile(deps, file);
    if (!bytes) {
      share.give(held);
      throw new Refusal('NO_SUCH_FILE', 'There is no such file.');
    }
    open(id, { is: 'read', file, bytes, isNoted: false, held });
    waiting.open(whole, file);
  });
  on('READ', (id: number, bytes: Buffer, offset: number, length: number) => {
    const handle = handleOf(bytes);
    if (handle.is !== 'read') throw new Refusal('FAILURE', 'It is not open for reading.');
    const end = Math.min(offset + Math.min(length, LARGEST_READ), handle.bytes.length);
    if (end === handle.bytes.length && !handle.isNoted) {
      handle.isNoted = true;
      noteRead(deps, handle.file);
    }
    if (offset >= handle.bytes.length) sftp.status(id, STATUS.EOF);
    else sftp.data(id, handle.bytes.subarray(offset, end));
  });
  on('WRITE', (id: number, bytes: Buffer, offset: number, data: Buffer) => {
    const handle = handleOf(bytes);
    if (handle.is !== 'write') throw new Refusal('FAILURE', 'It is not open for writing.');
    const at = handle.isAppended ? handle.upload.size() : offset;
    if (!handle.upload.write(at, data))
      throw new Refusal(
        'FAILURE',
        `A file has at most ${deps.largestBytes} bytes, and all that you write at once twice as many.`,
      );
    ok(id);
  });
  on('CLOSE', async (id: number, bytes: Buffer) => {
    const handle = handleOf(bytes);
    handles.delete(bytes.readUInt32BE());
    try {
      if (handle.is === 'write') await closeUpload(handle);
    } finally {
      if (handle.is !== 'write') share.give(handle.held);
    }
    ok(id);
  });

  async function closeUpload({ path, name, upload }: Handle & { is: 'write' }): Promise<void> {
    const [whole, held] = [upload.whole(), upload.held()];
    if (whole && whole.length > 0 && isPartial(name)) {
      noteDropped(path, { bytes: whole, size: whole.length, at: deps.clock.now(), held });
      return;
    }
    try {
      if (!whole) throw new Refusal('FAILURE', 'Pieces of it are missing: it was not taken.');
      if (whole.length > 0) await take(path, whole);
    } finally {
      share.give(held);
    }
  }

  on('REMOVE', async (id: number, path: string) => {
    const whole = plainPath(path);
    if (forgetDropped(whole)) return ok(id);
    await removeFile(deps, by, waiting.takeOpened(whole) ?? (await waitingAt(whole)));
    return ok(id);
  });
  on('RENAME', async (id: number, from: string, to: string) => {
    const [source, target] = [plainPath(from), plainPath(to)];
    const kept = dropped.get(source);
    if (kept) {
      if (!kept.bytes) throw new Refusal('NO_SUCH_FILE', 'It was taken already.');
      dropPlace(target);
      if (source === target) return ok(id);
      if (isPartial(posix.basename(target))) {
        noteDropped(target, kept);
        dropped.delete(source);
      } else {
        await take(target, kept.bytes);
        forgetDropped(source);
      }
      return ok(id);
    }
    if (fileAt(target)?.folder.is !== 'archive')
      throw new Refusal('PERMISSION_DENIED', 'Move it into Archive, or remove it, to say that you have it.');
    await removeFile(deps, by, waiting.takeOpened(source) ?? (await waitingAt(source)));
    return ok(id);
  });
  on('MKDIR', (id: number) => sftp.status(id, STATUS.PERMISSION_DENIED, 'The folders are fixed.'));
  on('RMDIR', (id: number) => sftp.status(id, STATUS.PERMISSION_DENIED, 'The folders are fixed.'));
  for (const name of ['READLINK', 'SYMLINK'])
    on(name, (id: number) => sftp.status(id, STATUS.OP_UNSUPPORTED, 'There are no links.'));
  return { settled };
}

/** Where a file is dropped. @throws Refusal for all other paths */
function dropPlace(path: string): NonNullable<ReturnType<typeof fileAt>> {
  const place = fileAt(path);
  const isDrop = place?.folder.is === 'outbound' || place?.folder.is === 'feed';
  if (!place || !isDrop) throw new Refusal('PERMISSION_DENIED', 'Files are dropped in Outbound.');
  if (folderAt(path)) throw new Refusal('PERMISSION_DENIED', 'That is a folder.');
  return place;
}
