import { sshKey } from '../../deliveries/ssh-key-store.js';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTurns } from '../../imports/import-turns.js';
import { rangeOf } from '../../kernel/address-range.js';
import { messageOf } from '../../kernel/errors.js';
import type { Sealer } from '../../store/secrets.js';
import { makeSshKey } from '../make-ssh-key.js';
import { createGuests, rememberAnswer } from './guests.js';
import { createHeldBytes } from './held-bytes.js';
import type { SftpFileDeps } from './sftp-files.js';
import { createTries, isStillGood, logInWith } from './sftp-log-in.js';
import { serveSftp } from './sftp-session.js';
import {
  hangUp,
  loadSsh2,
  unsentBytes,
  type AuthContext,
  type SftpStream,
  type SshSession,
} from '../ssh2-api.js';

interface SftpServerDeps extends SftpFileDeps {
  sealer: Sealer;
  /** How many bytes the transfers of all clients, and of one company, may hold in memory. */
  memory?: { most: number; mostOfOne: number };
  /** Waits before a wrong log-in is answered; the time itself when left out. */
  pause?: (ms: number) => Promise<unknown>;
}

export interface RunningSftpServer {
  port: number;
  /** As OpenSSH writes it, for known_hosts. */
  hostKey: string;
  /** Memory that transfers hold now. */
  heldBytes(): number;
  close(): Promise<void>;
}

/** SFTP channels of one connection. */
const MOST_CHANNELS = 8;
/** Dropped files that this process reads at once; the others wait in the store. */
const READ_AT_ONCE = 2;

const ALGORITHMS = {
  kex: [
    'curve25519-sha256',
    'curve25519-sha256@libssh.org',
    'ecdh-sha2-nistp256',
    'ecdh-sha2-nistp384',
    'ecdh-sha2-nistp521',
    'diffie-hellman-group16-sha512',
    'diffie-hellman-group14-sha256',
  ],
  serverHostKey: ['ssh-ed25519'],
  cipher: ['aes128-gcm@openssh.com', 'aes256-gcm@openssh.com', 'aes128-ctr', 'aes192-ctr', 'aes256-ctr'],
  hmac: ['hmac-sha2-256-etm@openssh.com', 'hmac-sha2-512-etm@openssh.com', 'hmac-sha2-256', 'hmac-sha2-512'],
  compress: ['none'],
};

/**
 * Serves every company its files by SFTP: no shell, no command, no forwarding. The host key is made once and is the same in all
 * processes.
 */
export async function startSftpServer(
  deps: SftpServerDeps,
  { host, port }: { host: string; port: number },
): Promise<RunningSftpServer> {
  const ssh2 = await loadSsh2();
  const keys = await sshKey({ tx: deps.db.prisma, sealer: deps.sealer }, 'host', makeSshKey);
  const tries = createTries(deps.clock);
  const guests = createGuests();
  const held = createHeldBytes(deps.memory ?? memoryFor(deps.largestBytes));
  const readings = new Set<Promise<void>>();
  const files: SftpFileDeps = { ...deps, turns: createTurns(READ_AT_ONCE) };
  const options = {
    hostKeys: [keys.private],
    algorithms: ALGORITHMS,
    ident: 'files',
    keepaliveInterval: 30_000,
  };

  const server = new ssh2.Server(options, (client, { ip }) => {
    client.on('error', () => undefined);
    const logIn = logInWith({ ...deps, pause: deps.pause ?? sleep, ssh2, tries }, ip, () => hangUp(client));
    client.on('authentication', (context: AuthContext) => {
      logIn.answer(context).catch((error: unknown) => {
        deps.log.warn({ reason: messageOf(error) }, 'an SFTP log-in could not be looked up');
        hangUp(client);
      });
    });
    client.on('ready', () => {
      const who = logIn.who();
      const isGood = rememberAnswer(() =>
        who ? isStillGood({ ...deps, ssh2 }, who) : Promise.resolve(false),
      );
      if (!who || !guests.settle(client._sock, who.by.companyId, isGood)) {
        hangUp(client);
        return;
      }
      const stay = (): void => guests.stay(client._sock);
      stay();
      const { by } = who;
      let channels = 0;
      client.on('session', (accept: () => SshSession, reject: () => void) => {
        if (channels >= MOST_CHANNELS) {
          reject();
          return;
        }
        const session = accept();
        session.on('sftp', (acceptSftp) => {
          channels += 1;
          const sftp = acceptSftp() as SftpStream;
          for (const name of ['READ', 'WRITE', 'OPENDIR', 'OPEN', 'STAT', 'LSTAT', 'REMOVE'])
            sftp.on(name, stay);
          const share = held.shareOf(by.companyId);
          const { settled } = serveSftp(ssh2, sftp, {
            deps: files,
            by,
            share,
            readings,
            isGood,
            unsent: () => unsentBytes(client, sftp),
            hangUp: () => hangUp(client),
          });
          const ended = once(() => {
            channels -= 1;
            const last = settled().finally(() => share.end());
            readings.add(last);
            void last.finally(() => readings.delete(last));
          });
          sftp.on('end', ended);
          sftp.on('close', ended);
          client.on('close', ended);
        });
      });
    });
  });
  // The package tells of a connection when it has said something; who says nothing counts, too.
  const door = createServer((socket) => {
    socket.on('error', () => undefined);
    const range = rangeOf(socket.remoteAddress);
    if (tries.isShut(range) || !guests.arrive(socket, range)) socket.destroy();
    else server.injectSocket(socket);
  });
  await new Promise<void>((resolve, reject) => {
    door.once('error', reject);
    door.listen(port, host, resolve);
  });
  for (const each of [door, server])
    each.on('error', (error: unknown) => deps.log.warn({ reason: messageOf(error) }, 'the SFTP server'));
  return {
    port: (door.address() as AddressInfo).port,
    hostKey: keys.public,
    heldBytes: held.held,
    async close() {
      guests.close();
      await new Promise<void>((resolve) => door.close(() => resolve()));
      await Promise.all(readings);
    },
  };
}

/** A company may write two of the largest files at once, and four of them fit into memory. */
function memoryFor(largestBytes: number): { most: number; mostOfOne: number } {
  const room = Math.max(largestBytes, LEAST_ROOM);
  return { most: 4 * room, mostOfOne: 2 * room };
}

const LEAST_ROOM = 16 * 1_048_576;

/** @returns `work` that runs the first time only */
function once(work: () => void): () => void {
  let isDone = false;
  return () => {
    if (isDone) return;
    isDone = true;
    work();
  };
}
