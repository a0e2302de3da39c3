import { timingSafeEqual } from 'node:crypto';
import { findCallerByKey, isLiveKey } from '../../companies/api-key-store.js';
import { keyActor, type KeyActor } from '../../companies/actor.js';
import { getCompanySettings } from '../../companies/company-settings.js';
import { findCompany } from '../../companies/company-store.js';
import { rangeOf } from '../../kernel/address-range.js';
import { AppError } from '../../kernel/errors.js';
import { createMemory } from '../../kernel/memory.js';
import { MINUTE_MS, type Clock } from '../../kernel/time.js';
import type { Database } from '../../store/database.js';
import type { AuthContext, ParsedKey, Ssh2 } from '../ssh2-api.js';

const METHODS = ['password', 'publickey'];
const MOST_TRIES = 5;
/** Keys that a client may offer before it has one that is known: agents hold several, and offering one guesses nothing. */
const MOST_OFFERS = 20;
/** Wrong log-ins of an address within the time, after which it is not listened to. */
const MOST_FAILURES = 20;
const FAILURES_LAST_MS = 10 * MINUTE_MS;
const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 8_000;
const MOST_ADDRESSES = 10_000;

/**
 * Counts wrong log-ins by range of addresses, so that trying on costs more each time. A good one forgives none: who has a log-in could try
 * others' for ever.
 */
export function createTries(clock: Clock) {
  const failures = createMemory<number>({ keepMs: FAILURES_LAST_MS, most: MOST_ADDRESSES, clock });
  return {
    isShut: (range: string): boolean => (failures.get(range) ?? 0) >= MOST_FAILURES,
    /** @returns how long its answer is to wait, in milliseconds */
    failed(range: string): number {
      const count = (failures.get(range) ?? 0) + 1;
      failures.set(range, count);
      return Math.min(FIRST_DELAY_MS * 2 ** Math.min(count - 1, 10), LONGEST_DELAY_MS);
    },
  };
}

/** What somebody has logged in with: it may be taken away while the session lasts. */
type Credential = { is: 'api-key'; keyId: string } | { is: 'public-key'; data: Buffer };

interface LoggedIn {
  by: KeyActor;
  credential: Credential;
}

/** Whether a session may go on: its key was not revoked, replaced or removed, and its company not closed. */
export async function isStillGood(
  { db, clock, ssh2 }: Omit<LogInDeps, 'tries' | 'pause'>,
  { by, credential }: LoggedIn,
): Promise<boolean> {
  if (credential.is === 'api-key') return isLiveKey(db, credential.keyId, clock.now());
  const known = await keysOf(db, ssh2, by.companyId);
  return known.some((one) => isSame(one.getPublicSSH(), credential.data));
}

interface LogInDeps {
  db: Database;
  clock: Clock;
  ssh2: Ssh2;
  tries: ReturnType<typeof createTries>;
  pause: (ms: number) => Promise<unknown>;
}

/**
 * Answers the tries of one connection to log in: the name is the number of the company, the password one of its API keys, or the key
 * one of its setting sftpPublicKeys.
 * @returns who it is once somebody is, else null: the connection is to end
 */
export function logInWith(deps: LogInDeps, ip: string, ended: () => void) {
  const range = rangeOf(ip);
  let tries = 0;
  let offers = 0;
  let who: LoggedIn | null = null;
  return {
    who: () => who,
    async answer(context: AuthContext): Promise<void> {
      if (context.method === 'none') {
        context.reject(METHODS);
        return;
      }
      // Others of the range may have tried at the same time.
      if (deps.tries.isShut(range)) {
        ended();
        return;
      }
      const isOffer = context.method === 'publickey' && !context.signature;
      const found = await loginOf(deps, context, ip);
      if (found === 'known') {
        context.accept();
        return;
      }
      if (found) {
        who = found;
        context.accept();
        return;
      }
      if (isOffer) offers += 1;
      else {
        tries += 1;
        await deps.pause(deps.tries.failed(range));
      }
      context.reject(METHODS);
      if (tries >= MOST_TRIES || offers >= MOST_OFFERS) ended();
    },
  };
}

/** @returns `known`: the client only asks whether the key would do, and it would */
async function loginOf(
  deps: LogInDeps,
  context: AuthContext,
  ip: string,
): Promise<LoggedIn | 'known' | null> {
  const { db, clock, ssh2 } = deps;
  const companyId = /^\d{1,9}$/.test(context.username) ? Number(context.username) : 0;
  if (context.method === 'password') {
    const caller = await findCallerByKey(db, context.password ?? '', clock.now());
    if (caller?.companyId !== companyId) return null;
    const { keyId } = caller;
    return { by: { ...keyActor(caller, ip), via: 'file' }, credential: { is: 'api-key', keyId } };
  }
  if (context.method !== 'publickey' || !context.key) return null;
  const known = await keysOf(db, ssh2, companyId);
  const { data } = context.key;
  const key = known.find((one) => isSame(one.getPublicSSH(), data));
  if (!key) return null;
  if (!context.signature || !context.blob) return 'known';
  if (!key.verify(context.blob, context.signature, context.hashAlgo)) return null;
  const holder = { companyId, keyId: 'ssh-key' };
  const by: KeyActor = { ...keyActor(holder, ip), name: 'SFTP key', via: 'file' };
  return { by, credential: { is: 'public-key', data } };
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
