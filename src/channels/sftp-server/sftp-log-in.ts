import { timingSafeEqual } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { findCallerByKey } from '../../companies/api-key-store.js';
import { keyActor, type KeyActor } from '../../companies/actor.js';
import { getCompanySettings } from '../../companies/company-settings.js';
import { findCompany } from '../../companies/company-store.js';
import { AppError } from '../../kernel/errors.js';
import { MINUTE_MS, type Clock } from '../../kernel/time.js';
import type { Database } from '../../store/database.js';
import type { AuthContext, ParsedKey, Ssh2 } from './ssh2-api.js';

const METHODS = ['password', 'publickey'];
const MOST_TRIES = 5;
/** Wrong log-ins of an address within the time, after which it is not listened to. */
const MOST_FAILURES = 20;
const FAILURES_LAST_MS = 10 * MINUTE_MS;
const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 8_000;
const MOST_ADDRESSES = 10_000;

/** Counts wrong log-ins by address, so that trying on costs more each time. */
export function createTries(clock: Clock) {
  const failures = new Map<string, { count: number; lastMs: number }>();
  const of = (ip: string): number => {
    const known = failures.get(ip);
    return known && clock.now().getTime() - known.lastMs < FAILURES_LAST_MS ? known.count : 0;
  };
  return {
    isShut: (ip: string): boolean => of(ip) >= MOST_FAILURES,
    failed(ip: string): number {
      const count = of(ip) + 1;
      if (failures.size >= MOST_ADDRESSES) failures.clear();
      failures.set(ip, { count, lastMs: clock.now().getTime() });
      return Math.min(FIRST_DELAY_MS * 2 ** Math.min(count - 1, 10), LONGEST_DELAY_MS);
    },
    good: (ip: string): void => void failures.delete(ip),
  };
}

interface LogInDeps {
  db: Database;
  clock: Clock;
  ssh2: Ssh2;
  tries: ReturnType<typeof createTries>;
}

/**
 * Answers the tries of one connection to log in: the name is the number of the company, the password one of its API keys, or the key
 * one of its setting sftpPublicKeys.
 * @returns who it is once somebody is, else null: the connection is to end
 */
export function logInWith(deps: LogInDeps, ip: string, ended: () => void) {
  let tries = 0;
  let who: KeyActor | null = null;
  return {
    who: () => who,
    async answer(context: AuthContext): Promise<void> {
      if (context.method === 'none') {
        context.reject(METHODS);
        return;
      }
      tries += 1;
      const found = tries > MOST_TRIES ? null : await callerOf(deps, context, ip);
      if (found === 'asks') {
        tries -= 1;
        context.accept();
        return;
      }
      if (found) {
        who = found;
        deps.tries.good(ip);
        context.accept();
        return;
      }
      await sleep(deps.tries.failed(ip));
      context.reject(METHODS);
      if (tries >= MOST_TRIES) ended();
    },
  };
}

async function callerOf(
  { db, clock, ssh2 }: LogInDeps,
  context: AuthContext,
  ip: string,
): Promise<KeyActor | 'asks' | null> {
  const companyId = /^\d{1,9}$/.test(context.username) ? Number(context.username) : 0;
  if (context.method === 'password') {
    const caller = await findCallerByKey(db, context.password ?? '', clock.now());
    if (caller?.companyId !== companyId) return null;
    return { ...keyActor(caller, ip), via: 'file' };
  }
  if (context.method !== 'publickey' || !context.key) return null;
  const known = await keysOf(db, ssh2, companyId);
  const { data } = context.key;
  const key = known.find((one) => isSame(one.getPublicSSH(), data));
  if (!key) return null;
  if (!context.signature || !context.blob) return 'asks';
  if (!key.verify(context.blob, context.signature, context.hashAlgo)) return null;
  const holder = { companyId, keyId: 'ssh-key' };
  return { ...keyActor(holder, ip), name: 'SFTP key', via: 'file' };
}

async function keysOf(db: Database, ssh2: Ssh2, companyId: number): Promise<ParsedKey[]> {
  const company = await findCompany(db.prisma, companyId);
  if (!company || company.deactivatedAt) return [];
  try {
    const { settings } = await getCompanySettings(db.prisma, companyId);
    return settings.sftpPublicKeys.flatMap((text) => {
      const key = ssh2.utils.parseKey(text);
      return key instanceof Error ? [] : [Array.isArray(key) ? (key as ParsedKey[])[0]! : key];
    });
  } catch (error) {
    if (error instanceof AppError) return [];
    throw error;
  }
}

function isSame(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
