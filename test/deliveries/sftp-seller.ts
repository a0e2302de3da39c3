import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';
import { startSftpServer, type RunningSftpServer } from '../../src/channels/sftp-server/sftp-server.js';
import type { Clock } from '../../src/kernel/time.js';
import { createSealer } from '../../src/store/secrets.js';
import type { ShopWorld, World } from '../shipments/world.js';
import { fileWorld, type FileWorld } from './file-world.js';

/** Why tests with OpenSSH's client cannot run here; false where they can. */
export const noSftp = hasSftp() ? false : 'sftp is not installed: apt-get install openssh-client';

function hasSftp(): boolean {
  try {
    execFileSync('ssh', ['-V'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const sealer = createSealer([{ id: 'test', bytes: randomBytes(32) }]);

interface ServerOptions {
  largestBytes?: number;
  memory?: { most: number; mostOfOne: number };
  pause?: (ms: number) => Promise<unknown>;
  clock?: Clock;
}

export interface SftpSeller extends FileWorld {
  shop: ShopWorld;
  server: RunningSftpServer;
  port: number;
  /** Runs the lines as `sftp -b` does. @returns what it printed, and its exit code */
  sftp(...lines: string[]): Promise<{ code: number; text: string }>;
  /** The same with the password instead of the key. */
  sftpWithPassword(password: string, ...lines: string[]): Promise<{ code: number; text: string }>;
  /** The public key that it logs in with. */
  publicKey: string;
  privateKey: string;
  local(name: string, text?: string): string;
}

/** A seller with an SFTP server and a key of its own. */
export async function sftpSeller(t: Test, world: World, more: ServerOptions = {}): Promise<SftpSeller> {
  const shop = await world.connect('US');
  const own = await fileWorld(t, world, shop);
  const server = await startSftpServer(
    { ...own.files, sealer, ...more, largestBytes: more.largestBytes ?? 5_000_000 },
    { host: '127.0.0.1', port: 0 },
  );
  t.teardown(() => server.close());
  const place = mkdtempSync(join(tmpdir(), 'sftp-test-'));
  t.teardown(() => rmSync(place, { recursive: true, force: true }));
  const key = join(place, 'key');
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
  const known = join(place, 'known_hosts');
  writeFileSync(known, `[127.0.0.1]:${server.port} ${server.hostKey}\n`);
  const publicKey = readFileSync(`${key}.pub`, 'utf8').trim();
  const set = await own.call('PUT', 'Settings/Company', { Settings: { sftpPublicKeys: [publicKey] } });
  if (set.status !== 200) throw new Error(set.text);

  function run(
    lines: string[],
    options: string[],
    env: Record<string, string> = {},
  ): Promise<{ code: number; text: string }> {
    const batch = join(place, 'batch');
    writeFileSync(batch, lines.map((line) => `${line}\n`).join(''));
    // What is said first counts: -b says BatchMode.
    const all = ['-F', '/dev/null'];
    for (const option of [
      ...options,
      `UserKnownHostsFile=${known}`,
      'StrictHostKeyChecking=yes',
      'IdentitiesOnly=yes',
      'GlobalKnownHostsFile=/dev/null',
    ])
      all.push('-o', option);
    return new Promise((resolve) => {
      execFile(
        'sftp',
        [...all, '-P', String(server.port), '-b', batch, `${shop.companyId}@127.0.0.1`],
        { timeout: 60_000, env: { ...process.env, ...env } },
        (error, out, err) => resolve({ code: error ? Number(error.code ?? 1) : 0, text: `${out}${err}` }),
      );
    });
  }

  return {
    ...own,
    shop,
    server,
    port: server.port,
    publicKey,
    privateKey: readFileSync(key, 'utf8'),
    local(name, text) {
      const path = join(place, name);
      if (text !== undefined) writeFileSync(path, text);
      return path;
    },
    sftp: (...lines) => run(lines, [`IdentityFile=${key}`]),
    sftpWithPassword(password, ...lines) {
      const ask = join(place, 'ask');
      writeFileSync(ask, `#!/bin/sh\necho '${password}'\n`, { mode: 0o700 });
      const options = ['PreferredAuthentications=password', 'PubkeyAuthentication=no', 'BatchMode=no'];
      return run(lines, options, { SSH_ASKPASS: ask, SSH_ASKPASS_REQUIRE: 'force', DISPLAY: 'none' });
    },
  };
}
