import { spawn, execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join, posix } from 'node:path';
import { connect } from 'node:net';
import type { Test } from 'tap';
import { makeSshKey } from '../../src/channels/make-ssh-key.js';
import { until } from '../support/waiting.js';

/** A server of a seller, as its people see it. */
export interface RemoteHost {
  port: number;
  hostKey: string;
  userName: string;
  /** Before the paths that the API is told. */
  root: string;
  put(path: string, content: string): void;
  get(path: string): string;
  list(folder: string): string[];
}

/** What goes wrong on the double, at the time when it is said. */
export interface HostFaults {
  /** Names of requests that are answered by the end of the connection, each once. */
  hangUpOn: string[];
  /** Called with each request. */
  on: (request: string, path: string) => void;
}

type Stream = NodeJS.EventEmitter & Record<string, (...parts: unknown[]) => void>;

interface Ssh2Server {
  Server: new (
    options: object,
    on: (client: Stream & { end(): void }) => void,
  ) => {
    listen(port: number, host: string, done: () => void): void;
    address(): AddressInfo;
    close(): void;
  };
}

const { Server } = createRequire(import.meta.url)('ssh2') as Ssh2Server;
const [OK, END, NO_SUCH, FAILED] = [0, 1, 2, 4];

/** A server of the double's own, which keeps its files in memory and takes any log-in that is said to be right. */
export async function doubleHost(
  t: Test,
  isRight: (context: { method: string; password?: string; username: string }) => boolean = () => true,
): Promise<
  RemoteHost & {
    faults: HostFaults;
    files: Map<string, { content: Buffer; mtime: number }>;
    logIns: string[];
  }
> {
  const key = await makeSshKey();
  const files = new Map<string, { content: Buffer; mtime: number }>();
  const faults: HostFaults = { hangUpOn: [], on: () => undefined };
  const logIns: string[] = [];
  let seconds = 1_790_000_000;
  const attributes = (path: string) => {
    const { content, mtime } = files.get(path)!;
    return { mode: 0o100_644, uid: 0, gid: 0, size: content.length, atime: mtime, mtime };
  };

  const clients = new Set<{ end(): void }>();
  const server = new Server({ hostKeys: [key.private] }, (client) => {
    clients.add(client);
    client.on('error', () => undefined).on('close', () => clients.delete(client));
    client.on(
      'authentication',
      (context: {
        method: string;
        username: string;
        password?: string;
        accept(): void;
        reject(names?: string[]): void;
      }) => {
        if (context.method !== 'none') logIns.push(`${context.method} ${context.password ?? ''}`.trim());
        if (context.method !== 'none' && isRight(context)) context.accept();
        else context.reject(['password', 'publickey']);
      },
    );
    client.on('session', (accept: () => Stream) =>
      accept().on('sftp', (open: () => Stream) => serve(open(), client)),
    );
  });

  function serve(sftp: Stream, client: { end(): void }): void {
    const handles = new Map<number, { path: string; names?: string[] }>();
    let next = 0;
    const on = (name: string, answer: (id: number, path: string, ...more: unknown[]) => void): void => {
      sftp.on(name, (id: number, first: string | Buffer, ...more: unknown[]) => {
        const path = typeof first === 'string' ? first : (handles.get(first.readUInt32BE())?.path ?? '');
        faults.on(name, path);
        const at = faults.hangUpOn.indexOf(name);
        if (at !== -1) {
          faults.hangUpOn.splice(at, 1);
          client.end();
          return;
        }
        answer(id, path, first, ...more);
      });
    };
    const handle = (id: number, given: { path: string; names?: string[] }): void => {
      const bytes = Buffer.alloc(4);
      handles.set(next, given);
      bytes.writeUInt32BE(next++);
      sftp['handle']!(id, bytes);
    };
    const status = (id: number, code: number): void => sftp['status']!(id, code);
    on('OPENDIR', (id, path) => handle(id, { path, names: namesOf(path) }));
    on('READDIR', (id, _path, bytes) => {
      const own = handles.get((bytes as Buffer).readUInt32BE());
      const names = own?.names?.splice(0, 50) ?? [];
      if (names.length === 0) status(id, END);
      else
        sftp['name']!(
          id,
          names.map((filename) => ({
            filename,
            longname: filename,
            attrs: attributes(posix.join(own!.path, filename)),
          })),
        );
    });
    for (const name of ['STAT', 'LSTAT'])
      on(name, (id, path) => (files.has(path) ? sftp['attrs']!(id, attributes(path)) : status(id, NO_SUCH)));
    on('OPEN', (id, path, _first, flags) => {
      const isRead = Number(flags) === 1;
      if (isRead && !files.has(path)) return status(id, NO_SUCH);
      if (!isRead) files.set(path, { content: Buffer.alloc(0), mtime: ++seconds });
      return handle(id, { path });
    });
    on('READ', (id, path, _handle, offset, length) => {
      const piece = files.get(path)!.content.subarray(Number(offset), Number(offset) + Number(length));
      if (piece.length === 0) status(id, END);
      else sftp['data']!(id, piece);
    });
    on('WRITE', (id, path, _handle, offset, data) => {
      const file = files.get(path)!;
      file.content = Buffer.concat([file.content.subarray(0, Number(offset)), data as Buffer]);
      status(id, OK);
    });
    on('CLOSE', (id) => status(id, OK));
    on('RENAME', (id, from, _from, to) => {
      const file = files.get(from);
      if (!file || files.has(String(to))) return status(id, FAILED);
      files.delete(from);
      files.set(String(to), file);
      return status(id, OK);
    });
    on('REMOVE', (id, path) => status(id, files.delete(path) ? OK : NO_SUCH));
  }

  function namesOf(folder: string): string[] {
    return [...files.keys()]
      .filter((path) => posix.dirname(path) === folder)
      .map((path) => posix.basename(path));
  }

  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  t.teardown(() => {
    for (const client of clients) client.end();
    server.close();
  });
  return {
    port: server.address().port,
    hostKey: key.public,
    userName: 'seller',
    root: '',
    files,
    faults,
    logIns,
    put: (path, content) => void files.set(path, { content: Buffer.from(content), mtime: ++seconds }),
    get: (path) => files.get(path)?.content.toString() ?? '',
    list: namesOf,
  };
}

/** Where OpenSSH's server is; null where it is not installed. */
export const sshd = [process.env['SSHD'], '/usr/sbin/sshd', '/usr/local/sbin/sshd'].find(
  (path) => path !== undefined && existsSync(path),
);

/** OpenSSH's own server over a folder, for whoever has this key; they log in as the user who runs the tests. */
export async function openSshHost(t: Test, authorizedKey: string): Promise<RemoteHost> {
  const isRoot = process.getuid?.() === 0;
  // Where nobody has started the service yet.
  if (isRoot) mkdirSync('/run/sshd', { recursive: true });
  const place = mkdtempSync(join(tmpdir(), 'sshd-'));
  t.teardown(() => rmSync(place, { recursive: true, force: true }));
  const root = join(place, 'files');
  for (const folder of ['', 'out', 'out/done', 'out/bad', 'in']) mkdirSync(join(root, folder));
  const hostKey = join(place, 'host');
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', hostKey]);
  writeFileSync(join(place, 'keys'), `${authorizedKey}\n`);
  const port = await freePort();
  writeFileSync(
    join(place, 'config'),
    [
      `Port ${port}`,
      'ListenAddress 127.0.0.1',
      `HostKey ${hostKey}`,
      `AuthorizedKeysFile ${join(place, 'keys')}`,
      'PidFile none',
      'StrictModes no',
      `UsePAM ${isRoot ? 'no' : 'yes'}`,
      'PermitRootLogin yes',
      'PasswordAuthentication no',
      'Subsystem sftp internal-sftp',
      'ForceCommand internal-sftp',
    ].join('\n'),
  );
  const child = spawn(sshd!, ['-D', '-e', '-f', join(place, 'config')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr?.on('data', (text: Buffer) => (said += text.toString()));
  t.teardown(() => child.kill());
  t.teardown(() => {
    if (!t.passing()) t.comment(said);
  });
  await until(
    'sshd listens',
    () =>
      new Promise<boolean>((resolve, reject) => {
        if (child.exitCode !== null) reject(new Error(`sshd has ended: ${said}`));
        const socket = connect(port, '127.0.0.1', () => {
          socket.destroy();
          resolve(true);
        });
        socket.on('error', () => resolve(false));
      }),
    10_000,
    50,
  );
  const at = (path: string): string => join(root, path);
  let seconds = 1_790_000_000;
  return {
    port,
    hostKey: readFileSync(`${hostKey}.pub`, 'utf8').trim(),
    userName: userInfo().username,
    root,
    put(path, content) {
      writeFileSync(at(path), content);
      seconds += 1;
      utimesSync(at(path), seconds, seconds);
    },
    get: (path) => readFileSync(at(path), 'utf8'),
    list: (folder) =>
      readdirSync(at(folder))
        .filter((name) => statSync(join(at(folder), name)).isFile())
        .toSorted(),
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
