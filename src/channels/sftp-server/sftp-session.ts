import { posix } from 'node:path';
import type { KeyActor } from '../../companies/actor.js';
import { messageOf } from '../../kernel/errors.js';
import {
  dropFile,
  listFolder,
  noteRead,
  readFile,
  removeFile,
  type SftpFileDeps,
  type WaitingFile,
} from './sftp-files.js';
import { fileAt, folderAt, isPartial, plainPath, type Folder } from './sftp-folders.js';
import type { Attributes, SftpStream, Ssh2, StatusName } from './ssh2-api.js';

const NAMES_AT_ONCE = 200;
const MOST_HANDLES = 64;
/** Of a session: names that it remembers, and how many largest files it may hold in memory. */
const MOST_DROPPED = 10_000;
const MOST_HELD = 2;
const LARGEST_READ = 262_144;
const DIRECTORY = 0o040_755;
const FILE = 0o100_644;

type Handle =
  | { is: 'directory'; names: { filename: string; longname: string; attrs: Attributes }[] }
  | { is: 'read'; file: WaitingFile; bytes: Buffer; isNoted: boolean }
  | {
      is: 'write';
      path: string;
      folder: Folder;
      name: string;
      chunks: Buffer;
      size: number;
      isBroken: boolean;
    };

/** What was written under the name of a file that is not whole yet, and what was taken. */
interface Dropped {
  bytes: Buffer | null;
  size: number;
  at: Date;
}

/** Requests have parts of their own, by name. */
// oxlint-disable-next-line typescript/no-explicit-any -- as events of Node have them
type OnRequest = (name: string, work: (id: number, ...parts: any[]) => Promise<void> | void) => void;

/** Ends a request with a status. */
class Refusal extends Error {
  constructor(
    readonly status: StatusName,
    message: string,
  ) {
    super(message);
  }
}

/**
 * Serves one client the folders of its company. Nothing of it lies on a disk: files to pick up are deliveries, and a dropped file is
 * taken when its handle is closed, or when it gets its final name. What was not whole when the connection ended never was.
 * @param readings gets the readings of dropped files, for whoever closes the server
 */
export function serveSftp(
  ssh2: Ssh2,
  sftp: SftpStream,
  { deps, by, readings }: { deps: SftpFileDeps; by: KeyActor; readings: Set<Promise<void>> },
): void {
  const { STATUS_CODE: STATUS, OPEN_MODE: MODE } = ssh2.utils.sftp;
  const handles = new Map<number, Handle>();
  const dropped = new Map<string, Dropped>();
  let next = 0;
  let turn: Promise<void> = Promise.resolve();

  /** One after the other, as they came: answers and effects keep their order. */
  const on: OnRequest = (name, work) => {
    const answer = async (before: Promise<void>, id: number, parts: unknown[]): Promise<void> => {
      await before;
      try {
        await work(id, ...parts);
      } catch (error) {
        if (!(error instanceof Refusal))
          deps.log.warn(
            { companyId: by.companyId, request: name, reason: messageOf(error) },
            'an SFTP request failed',
          );
        const { status, message } =
          error instanceof Refusal ? error : { status: 'FAILURE' as const, message: 'It failed here.' };
        sftp.status(id, STATUS[status], message);
      }
    };
    sftp.on(name, (id: number, ...parts: unknown[]) => {
      turn = answer(turn, id, parts);
    });
  };
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

  // A client that has no more to say waits for the channel to be closed.
  sftp.on('end', () => void turn.finally(() => sftp.end()));

  async function waitingAt(path: string): Promise<WaitingFile> {
    const place = fileAt(path);
    const files = place ? await listFolder(deps, by.companyId, place.folder) : [];
    const file = files.find(({ name }) => name === place?.name);
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
    const place = fileAt(path);
    if (!place) throw new Refusal('PERMISSION_DENIED', 'Files are dropped in Outbound.');
    const { reading } = await dropFile(deps, by, { ...place, bytes });
    readings.add(reading);
    void reading.finally(() => readings.delete(reading));
    dropped.set(path, { bytes: null, size: bytes.length, at: deps.clock.now() });
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
    else sftp.attrs(id, fileAttributes(handle.size, now));
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
    const files = await listFolder(deps, by.companyId, folder);
    const own = [...dropped].filter(([each, { bytes }]) => bytes && posix.dirname(each) === whole);
    open(id, {
      is: 'directory',
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
      const place = fileAt(whole);
      const isDrop = place?.folder.is === 'outbound' || place?.folder.is === 'feed';
      if (!place || !isDrop) throw new Refusal('PERMISSION_DENIED', 'Files are dropped in Outbound.');
      if (folderAt(whole)) throw new Refusal('PERMISSION_DENIED', 'That is a folder.');
      open(id, { is: 'write', path: whole, ...place, chunks: Buffer.alloc(0), size: 0, isBroken: false });
      return;
    }
    const file = await waitingAt(whole);
    const bytes = await readFile(deps, file);
    if (!bytes) throw new Refusal('NO_SUCH_FILE', 'There is no such file.');
    open(id, { is: 'read', file, bytes, isNoted: false });
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
    const end = offset + data.length;
    const isTooMuch = end > deps.largestBytes || heldBytes() + data.length > MOST_HELD * deps.largestBytes;
    if (!Number.isSafeInteger(end) || isTooMuch) {
      // What lacks a piece is never taken for the whole.
      handle.isBroken = true;
      throw new Refusal('FAILURE', `A file has at most ${deps.largestBytes} bytes.`);
    }
    if (end > handle.chunks.length) {
      const larger = Buffer.alloc(
        Math.min(Math.max(end, handle.chunks.length * 2, 65_536), deps.largestBytes),
      );
      handle.chunks.copy(larger);
      handle.chunks = larger;
    }
    data.copy(handle.chunks, offset);
    handle.size = Math.max(handle.size, end);
    ok(id);
  });
  on('CLOSE', async (id: number, bytes: Buffer) => {
    const handle = handleOf(bytes);
    handles.delete(bytes.readUInt32BE());
    if (handle.is === 'write' && !handle.isBroken) {
      const whole = handle.chunks.subarray(0, handle.size);
      if (isPartial(handle.name)) keepPartial(handle.path, whole);
      else if (whole.length > 0) await take(handle.path, whole);
    }
    ok(id);
  });

  /** What this client has written and nobody has taken. */
  function heldBytes(): number {
    let sum = 0;
    for (const handle of handles.values()) if (handle.is === 'write') sum += handle.size;
    for (const { bytes } of dropped.values()) sum += bytes?.length ?? 0;
    return sum;
  }

  function keepPartial(path: string, bytes: Buffer): void {
    if (dropped.size >= MOST_DROPPED)
      throw new Refusal('FAILURE', 'Too many files in one session: log in again.');
    dropped.set(path, { bytes, size: bytes.length, at: deps.clock.now() });
  }

  on('REMOVE', async (id: number, path: string) => {
    const whole = plainPath(path);
    if (dropped.delete(whole)) return ok(id);
    await removeFile(deps, by, await waitingAt(whole));
    return ok(id);
  });
  on('RENAME', async (id: number, from: string, to: string) => {
    const [source, target] = [plainPath(from), plainPath(to)];
    const kept = dropped.get(source);
    if (kept) {
      if (!kept.bytes) throw new Refusal('NO_SUCH_FILE', 'It was taken already.');
      if (isPartial(posix.basename(target))) dropped.set(target, kept);
      else await take(target, kept.bytes);
      dropped.delete(source);
      return ok(id);
    }
    const file = await waitingAt(source);
    if (fileAt(target)?.folder.is !== 'archive')
      throw new Refusal('PERMISSION_DENIED', 'Move it into Archive, or remove it, to say that you have it.');
    await removeFile(deps, by, file);
    return ok(id);
  });
  on('MKDIR', (id: number) => sftp.status(id, STATUS.PERMISSION_DENIED, 'The folders are fixed.'));
  on('RMDIR', (id: number) => sftp.status(id, STATUS.PERMISSION_DENIED, 'The folders are fixed.'));
  for (const name of ['READLINK', 'SYMLINK'])
    on(name, (id: number) => sftp.status(id, STATUS.OP_UNSUPPORTED, 'There are no links.'));
}

function directoryAttributes(now: Date): Attributes {
  return attributes(DIRECTORY, 0, now);
}

function fileAttributes(size: number, at: Date): Attributes {
  return attributes(FILE, size, at);
}

function attributes(mode: number, size: number, at: Date): Attributes {
  const seconds = Math.floor(at.getTime() / 1000);
  return { mode, uid: 0, gid: 0, size, atime: seconds, mtime: seconds };
}

function entryOf(filename: string, attrs: Attributes) {
  const kind = attrs.mode === DIRECTORY ? 'drwxr-xr-x' : '-rw-r--r--';
  const day = new Date(attrs.mtime * 1000).toISOString().slice(0, 10);
  return { filename, longname: `${kind} 1 0 0 ${attrs.size} ${day} ${filename}`, attrs };
}
