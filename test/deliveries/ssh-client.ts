import { createRequire } from 'node:module';
import type { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';

/** What tests use of the client of ssh2, which brings no types. */
interface Ssh2Client extends EventEmitter {
  connect(options: object): void;
  end(): void;
  sftp(done: (error: Error | undefined, sftp: Ssh2Sftp) => void): void;
  _sock: Socket;
}

type Done<T = void> = (error: Error | undefined, value: T) => void;

interface Ssh2Sftp {
  open(path: string, flags: string, done: Done<Buffer>): void;
  write(handle: Buffer, data: Buffer, from: number, length: number, offset: number, done: Done): void;
  close(handle: Buffer, done: Done): void;
  readdir(path: string, done: Done<{ filename: string }[]>): void;
  opendir(path: string, done: Done<Buffer>): void;
  readFile(path: string, done: Done<Buffer>): void;
  unlink(path: string, done: Done): void;
  rename(from: string, to: string, done: Done): void;
}

const { Client } = createRequire(import.meta.url)('ssh2') as { Client: new () => Ssh2Client };

export interface SshUser {
  client: Ssh2Client;
  open(path: string, flags?: string): Promise<Buffer>;
  write(handle: Buffer, data: Buffer, offset: number): Promise<void>;
  close(handle: Buffer): Promise<void>;
  list(path: string): Promise<string[]>;
  read(path: string): Promise<Buffer>;
  remove(path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** Asks without waiting for the answer. */
  ask(path: string): void;
  closed: Promise<void>;
}

/** A client that does one thing at a time, as tests want it. @throws Error where it cannot log in */
export async function logIn(port: number, options: object): Promise<SshUser> {
  const client = new Client();
  const closed = new Promise<void>((resolve) => client.on('close', () => resolve()));
  await new Promise<void>((resolve, reject) => {
    client.on('ready', () => resolve());
    client.on('error', reject);
    client.on('close', () => reject(new Error('closed')));
    client.connect({ host: '127.0.0.1', port, readyTimeout: 30_000, ...options });
  });
  const sftp = await new Promise<Ssh2Sftp>((resolve, reject) => {
    client.on('close', () => reject(new Error('closed')));
    client.sftp((error, opened) => (error ? reject(error) : resolve(opened)));
  });
  const ask = <T>(work: (done: Done<T>) => void): Promise<T> =>
    new Promise((resolve, reject) => {
      client.on('close', () => reject(new Error('closed')));
      work((error, value) => (error ? reject(error) : resolve(value)));
    });
  client.setMaxListeners(0);
  return {
    client,
    closed,
    open: (path, flags = 'w') => ask((done) => sftp.open(path, flags, done)),
    write: (handle, data, offset) => ask((done) => sftp.write(handle, data, 0, data.length, offset, done)),
    close: (handle) => ask((done) => sftp.close(handle, done)),
    list: async (path) =>
      (await ask<{ filename: string }[]>((done) => sftp.readdir(path, done))).map(({ filename }) => filename),
    read: (path) => ask((done) => sftp.readFile(path, done)),
    remove: (path) => ask((done) => sftp.unlink(path, done)),
    rename: (from, to) => ask((done) => sftp.rename(from, to, done)),
    ask: (path) => sftp.opendir(path, () => undefined),
  };
}
