import type { Socket } from 'node:net';
import { AppError } from '../../kernel/errors.js';
import { SECOND_MS, within } from '../../kernel/time.js';
import { loadSsh2, type RemoteSftp, type RemoteStats, type SshConnection } from '../ssh2-api.js';

const READY_MS = 20 * SECOND_MS;
/** Of one request and its answer. */
const ANSWER_MS = 30 * SECOND_MS;
const PIECE_BYTES = 32_768;
/** What a folder is read up to. */
const MOST_NAMES = 10_000;
const NO_SUCH_FILE = 2;

/** Which keys of hosts go with which kind of key. */
const HOST_KEY_ALGORITHMS: Readonly<Record<string, readonly string[]>> = {
  'ssh-rsa': ['rsa-sha2-512', 'rsa-sha2-256'],
};

export interface RemoteEntry {
  name: string;
  bytes: number;
  modifiedAt: Date;
}

/** The files of a server of others. All paths are the server's. @throws AppError service-unavailable, with what the server says */
export interface RemoteFolders {
  /** Plain files of a folder, by name. */
  list(folder: string): Promise<RemoteEntry[]>;
  /** Null where there is none. */
  look(path: string): Promise<RemoteEntry | null>;
  /** @returns null where it has not the size that it should have */
  read(path: string, bytes: number): Promise<Buffer | null>;
  write(path: string, content: Buffer): Promise<void>;
  /** Onto no other file. */
  rename(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  close(): void;
}

/** The server has another key than it should have: somebody may stand in between. Nothing was said to it. */
export class OtherHostKey extends AppError {
  constructor(host: string) {
    super('service-unavailable', `${host} has another host key than HostKey says. Nothing was sent to it.`, {
      details: [
        {
          field: 'HostKey',
          message: 'is not the one of the server',
          next: 'Ask who runs the server whether its key was replaced, and enter the new one',
        },
      ],
    });
    this.name = 'OtherHostKey';
  }
}

interface Login {
  host: string;
  userName: string;
  /** As OpenSSH writes it. */
  hostKey: string;
  password: string | null;
  privateKey: string | null;
}

/**
 * Logs in over a connected socket.
 * @throws OtherHostKey before anything secret is said; AppError service-unavailable
 */
export async function openRemoteFolders(socket: Socket, login: Login): Promise<RemoteFolders> {
  const { Client } = await loadSsh2();
  const [kind = '', base64 = ''] = login.hostKey.split(' ');
  const expected = Buffer.from(base64, 'base64');
  let isOther = false;
  const client: SshConnection = new Client();
  const ready = new Promise<void>((resolve, reject) => {
    client.on('ready', () => resolve());
    client.on('error', (error: unknown) => reject(error instanceof Error ? error : new Error('It failed')));
    client.on('close', () => reject(new Error('It has ended the connection')));
  });
  // Later ones come to nobody who waits.
  ready.catch(() => undefined);
  client.connect({
    sock: socket,
    username: login.userName,
    ...(login.password !== null && { password: login.password }),
    ...(login.privateKey !== null && { privateKey: login.privateKey }),
    readyTimeout: READY_MS,
    keepaliveInterval: 10 * SECOND_MS,
    algorithms: { serverHostKey: HOST_KEY_ALGORITHMS[kind] ?? [kind] },
    hostVerifier(key: Buffer) {
      isOther = !key.equals(expected);
      return !isOther;
    },
  });
  try {
    await ready;
    const sftp = await new Promise<RemoteSftp>((resolve, reject) => {
      client.sftp((error, opened) => (error ? reject(error) : resolve(opened)));
    });
    return foldersOf(client, sftp, socket);
  } catch (error) {
    client.end();
    socket.destroy();
    // A server that has no key of this kind fails before it shows one.
    if (isOther || /host key|no matching/i.test(textOf(error))) throw new OtherHostKey(login.host);
    throw failed('It does not let us in', error);
  }
}

function entryOf(name: string, { size, mtime }: RemoteStats): RemoteEntry {
  return { name, bytes: size, modifiedAt: new Date(mtime * 1000) };
}

function foldersOf(client: SshConnection, sftp: RemoteSftp, socket: Socket): RemoteFolders {
  const closed = new Promise<never>((_resolve, reject) => {
    client.on('close', () => reject(new Error('The connection was lost')));
  });
  closed.catch(() => undefined);
  const tooLate = (): never => {
    socket.destroy();
    throw new Error('It did not answer in time');
  };
  const ask = <T>(
    what: string,
    work: (done: (error: Error | undefined, value: T) => void) => void,
  ): Promise<T> => {
    const answer = new Promise<T>((resolve, reject) => {
      work((error, value) => (error ? reject(error) : resolve(value)));
    });
    return Promise.race([within(answer, ANSWER_MS, tooLate), closed]).catch((error: unknown) => {
      throw failed(what, error);
    });
  };

  async function withHandle<T>(
    path: string,
    flags: 'r' | 'w',
    work: (handle: Buffer) => Promise<T>,
  ): Promise<T> {
    const handle = await ask<Buffer>(`${path} cannot be opened`, (done) => sftp.open(path, flags, done));
    try {
      return await work(handle);
    } finally {
      await ask<void>(`${path} cannot be closed`, (done) => sftp.close(handle, done));
    }
  }

  const folders: RemoteFolders = {
    async list(folder) {
      const handle = await ask<Buffer>(`${folder} cannot be read`, (done) => sftp.opendir(folder, done));
      const found: RemoteEntry[] = [];
      try {
        for (;;) {
          const names = await ask<{ filename: string; attrs: RemoteStats }[] | false>(
            `${folder} cannot be read`,
            (done) =>
              sftp.readdir(handle, (error, read) =>
                isEnd(error) ? done(undefined, false) : done(error, read),
              ),
          );
          if (!names || names.length === 0 || found.length >= MOST_NAMES) break;
          for (const { filename, attrs } of names)
            if (attrs.isFile() && isPlainName(filename)) found.push(entryOf(filename, attrs));
        }
      } finally {
        await ask<void>(`${folder} cannot be closed`, (done) => sftp.close(handle, done));
      }
      return found.toSorted((a, b) => (a.name < b.name ? -1 : 1));
    },
    look: (path) =>
      ask<RemoteEntry | null>(`${path} cannot be looked at`, (done) =>
        sftp.stat(path, (error, stats) => {
          if (error) done(codeOf(error) === NO_SUCH_FILE ? undefined : error, null);
          else done(undefined, entryOf(path.split('/').at(-1) ?? path, stats));
        }),
      ),
    read: (path, bytes) =>
      withHandle(path, 'r', async (handle) => {
        // One byte more tells a file that has grown.
        const into = Buffer.alloc(bytes + 1);
        let at = 0;
        while (at < into.length) {
          const length = Math.min(PIECE_BYTES, into.length - at);
          const from = at;
          const count = await ask<number>(`${path} cannot be read`, (done) =>
            sftp.read(handle, into, from, length, from, (error, read) =>
              done(isEnd(error) ? undefined : error, read),
            ),
          );
          if (!count) break;
          at += count;
        }
        return at === bytes ? into.subarray(0, bytes) : null;
      }),
    write: (path, content) =>
      withHandle(path, 'w', async (handle) => {
        for (let at = 0; at < content.length; at += PIECE_BYTES) {
          const [from, length] = [at, Math.min(PIECE_BYTES, content.length - at)];
          await ask<void>(`${path} cannot be written`, (done) =>
            sftp.write(handle, content, from, length, from, done),
          );
        }
      }),
    rename: (from, to) =>
      ask<void>(`${from} cannot be renamed to ${to}`, (done) => sftp.rename(from, to, done)),
    remove: (path) => ask<void>(`${path} cannot be removed`, (done) => sftp.unlink(path, done)),
    close: () => client.end(),
  };
  return folders;
}

/** Names from others are parts of paths here. */
function isPlainName(name: string): boolean {
  // oxlint-disable-next-line no-control-regex -- they hide in names
  const isOdd = /[/\\\u0000-\u001f\u007f]/.test(name);
  return name !== '' && name.length <= 200 && !isOdd && name !== '.' && name !== '..';
}

const END_OF_FILE = 1;

function isEnd(error: Error | undefined): boolean {
  return error !== undefined && codeOf(error) === END_OF_FILE;
}

function codeOf(error: Error): unknown {
  return (error as { code?: unknown }).code;
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : 'It failed';
}

const LONGEST_SAYING = 200;

/** @param error what the server or the package says: printed as far as it is plain */
function failed(what: string, error: unknown): AppError {
  const said = textOf(error)
    .replaceAll(/[^\x20-\x7e]/g, '?')
    .slice(0, LONGEST_SAYING);
  return new AppError('service-unavailable', `${what}: ${said}.`, { cause: error });
}
