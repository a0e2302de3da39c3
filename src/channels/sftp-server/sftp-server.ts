import type { KeyActor } from '../../companies/actor.js';
import { isPublicKey } from '../../companies/public-key.js';
import { sshKey, type SshKeyPair } from '../../deliveries/ssh-key-store.js';
import { messageOf } from '../../kernel/errors.js';
import { MINUTE_MS, SECOND_MS } from '../../kernel/time.js';
import type { Sealer } from '../../store/secrets.js';
import type { SftpFileDeps } from './sftp-files.js';
import { createTries, logInWith } from './sftp-log-in.js';
import { serveSftp } from './sftp-session.js';
import {
  loadSsh2,
  type AuthContext,
  type SftpStream,
  type Ssh2,
  type SshClient,
  type SshSession,
} from './ssh2-api.js';

interface SftpServerDeps extends SftpFileDeps {
  sealer: Sealer;
}

export interface RunningSftpServer {
  port: number;
  /** As OpenSSH writes it, for known_hosts. */
  hostKey: string;
  close(): Promise<void>;
}

const MOST_SESSIONS = 100;
const MOST_OF_A_COMPANY = 20;
const LOG_IN_MS = 30 * SECOND_MS;
const IDLE_MS = 15 * MINUTE_MS;

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
  const keys = await sshKey({ tx: deps.db.prisma, sealer: deps.sealer }, 'host', () => makeKey(ssh2));
  const tries = createTries(deps.clock);
  const clients = new Set<SshClient>();
  const sessionsOf = new Map<number, number>();
  const readings = new Set<Promise<void>>();
  const options = {
    hostKeys: [keys.private],
    algorithms: ALGORITHMS,
    ident: 'files',
    keepaliveInterval: 30_000,
  };

  const server = new ssh2.Server(options, (client, { ip }) => {
    client.on('error', () => undefined);
    if (clients.size >= MOST_SESSIONS || tries.isShut(ip)) {
      client.end();
      return;
    }
    clients.add(client);
    let who: KeyActor | null = null;
    const logIn = logInWith({ ...deps, ssh2, tries }, ip, () => client.end());
    let timer = setTimeout(() => client.end(), LOG_IN_MS);
    const stay = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => client.end(), IDLE_MS);
    };
    client.on('authentication', (context: AuthContext) => {
      logIn.answer(context).catch((error: unknown) => {
        deps.log.warn({ reason: messageOf(error) }, 'an SFTP log-in could not be looked up');
        context.reject();
        client.end();
      });
    });
    client.on('ready', () => {
      who = logIn.who();
      const count = who ? (sessionsOf.get(who.companyId) ?? 0) : 0;
      if (!who || count >= MOST_OF_A_COMPANY) {
        who = null;
        client.end();
        return;
      }
      sessionsOf.set(who.companyId, count + 1);
      stay();
      const by = who;
      client.on('session', (accept: () => SshSession) => {
        const session = accept();
        session.on('sftp', (acceptSftp) => {
          const sftp = acceptSftp() as SftpStream;
          for (const name of ['READ', 'WRITE', 'OPENDIR', 'OPEN', 'STAT', 'LSTAT', 'REMOVE'])
            sftp.on(name, stay);
          serveSftp(ssh2, sftp, { deps, by, readings });
        });
      });
    });
    client.on('close', () => {
      clearTimeout(timer);
      clients.delete(client);
      if (!who) return;
      const left = (sessionsOf.get(who.companyId) ?? 1) - 1;
      if (left > 0) sessionsOf.set(who.companyId, left);
      else sessionsOf.delete(who.companyId);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve());
  });
  server.on('error', (error: unknown) => deps.log.warn({ reason: messageOf(error) }, 'the SFTP server'));
  return {
    port: server.address().port,
    hostKey: keys.public,
    async close() {
      for (const client of clients) client.end();
      await new Promise<void>((resolve) => server.close(resolve));
      await Promise.all(readings);
    },
  };
}

const MOST_MAKINGS = 50;

/** ssh2 now and then writes a key that it cannot read itself: such a one would shut the server for ever. */
function makeKey({ utils }: Ssh2): SshKeyPair {
  for (let tries = 0; tries < MOST_MAKINGS; tries++) {
    const pair = utils.generateKeyPairSync('ed25519');
    const isGood = !(utils.parseKey(pair.private) instanceof Error) && isPublicKey(pair.public);
    if (isGood) return pair;
  }
  throw new Error('No host key could be made');
}
