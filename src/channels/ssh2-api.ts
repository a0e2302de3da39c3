import type { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';

/** What is used of the package ssh2, which brings no types. */
export interface Ssh2 {
  Client: new () => SshConnection;
  Server: new (options: object, onConnection: (client: SshClient, info: { ip: string }) => void) => SshServer;
  utils: {
    generateKeyPairSync(kind: 'ed25519'): { private: string; public: string };
    parseKey(text: string | Buffer): ParsedKey | Error;
    sftp: {
      STATUS_CODE: Record<StatusName, number>;
      OPEN_MODE: Record<'READ' | 'WRITE' | 'APPEND' | 'TRUNC', number>;
    };
  };
}

export type StatusName = 'OK' | 'EOF' | 'NO_SUCH_FILE' | 'PERMISSION_DENIED' | 'FAILURE' | 'OP_UNSUPPORTED';

export interface ParsedKey {
  type: string;
  getPublicSSH(): Buffer;
  verify(data: Buffer, signature: Buffer, algorithm?: string): boolean;
}

/** A connection to a server of others. */
export interface SshConnection extends EventEmitter {
  connect(options: object): void;
  end(): void;
  sftp(done: (error: Error | undefined, sftp: RemoteSftp) => void): void;
}

type Done<T = void> = (error: Error | undefined, value: T) => void;

export interface RemoteStats {
  size: number;
  /** In seconds. */
  mtime: number;
  isFile(): boolean;
}

/** What is asked of such a server. */
export interface RemoteSftp {
  opendir(path: string, done: Done<Buffer>): void;
  readdir(handle: Buffer, done: Done<{ filename: string; attrs: RemoteStats }[] | false>): void;
  stat(path: string, done: Done<RemoteStats>): void;
  open(path: string, flags: 'r' | 'w', done: Done<Buffer>): void;
  read(
    handle: Buffer,
    into: Buffer,
    offset: number,
    length: number,
    position: number,
    done: (error: Error | undefined, bytes: number) => void,
  ): void;
  write(handle: Buffer, from: Buffer, offset: number, length: number, position: number, done: Done): void;
  close(handle: Buffer, done: Done): void;
  rename(from: string, to: string, done: Done): void;
  unlink(path: string, done: Done): void;
}

interface SshServer extends EventEmitter {
  /** A connection that somebody else has accepted. */
  injectSocket(socket: Socket): void;
}

interface SshClient extends EventEmitter {
  end(): void;
  /** Null once it is closed. */
  _sock: Socket | null;
}

export interface AuthContext {
  method: string;
  username: string;
  /** Of `password`. */
  password?: string;
  /** Of `publickey`: without a signature the client only asks whether the key would do. */
  key?: { algo: string; data: Buffer };
  signature?: Buffer;
  blob?: Buffer;
  hashAlgo?: string;
  accept(): void;
  reject(methods?: string[]): void;
}

export interface SshSession extends EventEmitter {
  on(event: string, listener: (accept: () => unknown, reject: () => void) => void): this;
}

export interface Attributes {
  mode: number;
  uid: number;
  gid: number;
  size: number;
  atime: number;
  mtime: number;
}

/** Answers that wait until a client fetches them: the package keeps them without limit. */
export function unsentBytes(client: SshClient, sftp: SftpStream): number {
  return sftp._buffer.reduce((sum, { length }) => sum + length, client._sock?.writableLength ?? 0);
}

/** Ends a connection at once, whatever the client still has to say or to fetch. */
export function hangUp(client: SshClient): void {
  client.end();
  client._sock?.destroy();
}

export interface SftpStream extends EventEmitter {
  /** Answers that the client's window has no room for. */
  _buffer: readonly Uint8Array[];
  end(): void;
  status(id: number, code: number, message?: string): void;
  handle(id: number, handle: Buffer): void;
  data(id: number, data: Buffer): void;
  name(id: number, names: { filename: string; longname: string; attrs: Attributes | object }[]): void;
  attrs(id: number, attributes: Attributes): void;
}

let loading: Promise<Ssh2> | null = null;

const PACKAGE: string = 'ssh2';

/** Loaded when it is wanted first: a start without SFTP does not wait for it. */
export function loadSsh2(): Promise<Ssh2> {
  // It brings no types; those above are what is used of it.
  return (loading ??= import(PACKAGE).then((found: { default: Ssh2 }) => found.default));
}
