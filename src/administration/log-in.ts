import { audit } from '../audit/audit.js';
import type { RefusalTrail } from '../audit/refusal-trail.js';
import { operatorActor } from '../companies/actor.js';
import type { LogIn } from '../companies/login-guard.js';
import {
  endSession,
  findAwaiting,
  startSession,
  type SessionOrigin,
  type SessionTimes,
} from '../companies/operator-session-store.js';
import { isLogin, type Operator } from '../companies/operator-store.js';
import { checkSecondFactor, type CodeOutcome } from '../companies/second-factor-store.js';
import { AppError } from '../kernel/errors.js';
import { createMemory } from '../kernel/memory.js';
import type { Logger } from '../kernel/log.js';
import { MINUTE_MS, SECOND_MS, type Clock } from '../kernel/time.js';
import type { Database, Tx } from '../store/database.js';
import type { Sealer } from '../store/secrets.js';

interface LogInDeps {
  db: Database;
  clock: Clock;
  log: Logger;
  sealer: Sealer;
  refusals: RefusalTrail;
  logIn: LogIn;
  times: SessionTimes;
}

/** Where somebody logs in. */
interface Place extends SessionOrigin {
  /** Address, for the trail. */
  from: string;
}

/** `code`: the password was right, and a second factor is to come; the cookie is good for that alone. */
export type LogInOutcome =
  | { result: 'welcome' | 'code'; cookie: string }
  | { result: 'wrong' }
  | { result: 'gone' }
  | { result: 'slowed'; waitMs: number };

/**
 * The log-in, in one step or in two. Whoever is refused is told the same whatever was wrong; the trail and the log of the program know more.
 */
export function createLogInSteps(deps: LogInDeps) {
  const { db, clock, log, times } = deps;
  const tellRefused = createRefusalLog(deps);

  async function welcome(
    tx: Tx,
    operator: Operator,
    { place, by, former }: { place: Place; by: string; former: string | null },
  ): Promise<string> {
    if (former !== null) await endSession(tx, former);
    const { cookie } = await startSession(tx, operator, { now: clock.now(), times, origin: place });
    const subject = `operator ${operator.id} (${operator.login})`;
    await audit(tx, operatorActor(operator, place.from), [
      { action: 'session.started', subject, companyId: operator.companyId, after: { by } },
    ]);
    return cookie;
  }

  return {
    /** @param former session of the same browser, which ends with the new one */
    async givePassword(
      given: { login: string; password: string },
      place: Place,
      former: string | null,
    ): Promise<LogInOutcome> {
      const outcome = await deps.logIn(db.prisma, { ...given, range: place.range }).catch(asSlowed);
      if (outcome.result !== 'welcome') {
        tellRefused(given.login, place, outcome.result);
        return outcome;
      }
      const { operator } = outcome;
      const cookie = await db.transaction(async (tx) => {
        await refuseDeactivated(tx, operator);
        if (!operator.hasSecondFactor) return welcome(tx, operator, { place, by: 'password', former });
        const at = { now: clock.now(), times, origin: place, awaitsCode: true };
        return (await startSession(tx, operator, at)).cookie;
      });
      if (operator.hasSecondFactor) return { result: 'code', cookie };
      log.info({ operatorId: operator.id, fromRange: place.range }, 'operator logged in');
      return { result: 'welcome', cookie };
    },

    /** @param awaiting the cookie that the password has brought */
    async giveCode(
      { awaiting, code }: { awaiting: string; code: string },
      place: Place,
      former: string | null,
    ): Promise<LogInOutcome> {
      const begun = await findAwaiting(db.prisma, awaiting, clock.now());
      if (!begun) return { result: 'gone' };
      const { operator } = begun;
      // What a wrong code counts has to stay, so nothing is thrown in here.
      const done = await db.transaction(
        async (tx): Promise<{ outcome: CodeOutcome; cookie: string | null }> => {
          const which = { operatorId: operator.id, code, now: clock.now() };
          const outcome = await checkSecondFactor({ tx, sealer: deps.sealer }, which);
          if (outcome.result !== 'good') return { outcome, cookie: null };
          await endSession(tx, begun.idHash);
          const by = `password and ${outcome.by === 'code' ? 'code' : 'recovery code'}`;
          return { outcome, cookie: await welcome(tx, operator, { place, by, former }) };
        },
      );
      if (done.cookie === null) {
        const { outcome } = done;
        tellRefused(operator.login, place, outcome.result === 'slowed' ? 'slowed' : 'wrong code');
        return outcome.result === 'slowed' ? outcome : { result: 'wrong' };
      }
      log.info({ operatorId: operator.id, fromRange: place.range }, 'operator logged in');
      return { result: 'welcome', cookie: done.cookie };
    },
  };
}

async function refuseDeactivated(tx: Tx, { companyId }: Operator): Promise<void> {
  if (companyId === null) return;
  const company = await tx.company.findUnique({ where: { id: companyId } });
  if (company?.deactivatedAt) {
    throw new AppError('not-allowed', 'The company of this account is deactivated.');
  }
}

/** A line that is full slows as failures do. */
function asSlowed(error: unknown): { result: 'slowed'; waitMs: number } {
  if (error instanceof AppError && error.code === 'too-many-requests') {
    return { result: 'slowed', waitMs: error.retryAfterMs ?? SECOND_MS };
  }
  throw error;
}

/**
 * Who was refused, from where, in the trail and in the log. Names chosen so that redaction keeps them. Slow-downs, of which a machine
 * can cause thousands, are told to the log once a minute and range.
 */
function createRefusalLog({ log, clock, refusals }: LogInDeps) {
  const told = createMemory<true>({ keepMs: MINUTE_MS, most: 1_000, clock });
  return function tellRefused(login: string, { range }: Place, reason: string): void {
    const loginName = isLogin(login) ? login : '(no possible login)';
    const who = { id: loginName, name: loginName, via: 'portal' as const, from: range };
    void refusals.tell({ action: 'log-in.refused', ...who, reason });
    if (reason === 'slowed' && told.get(range)) return;
    if (reason === 'slowed') told.set(range, true);
    log.warn({ loginName, fromRange: range, reason }, 'log-in refused');
  };
}
