import { randomBytes } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { audit } from '../audit/audit.js';
import { operatorActor } from '../companies/actor.js';
import { rangeOf } from '../kernel/address-range.js';
import { createLogIn, type LoginOutcome } from '../companies/login-guard.js';
import { isLogin, normalizeLogin } from '../companies/operator-store.js';
import { defaultSessionTimes, endSession, startSession } from '../companies/operator-session-store.js';
import { AppError } from '../kernel/errors.js';
import { createMemory } from '../kernel/memory.js';
import { MINUTE_MS, SECOND_MS } from '../kernel/time.js';
import { localPath, readForm, sameSecret } from './forms.js';
import { html } from './html.js';
import { csrfField, notice } from './layout.js';
import type { PortalDeps } from './portal-deps.js';
import { sendPage } from './send-page.js';
import { cookieName, cookieOptions, requireSession } from './session-guard.js';

const AFTER_LOGIN = '/connections';

/** Log-in and log-out. */
export function registerLoginPages(app: FastifyInstance, deps: PortalDeps): void {
  const logIn = createLogIn(deps.clock);
  const tellRefused = createRefusalLog(deps);
  const times = deps.sessionTimes ?? defaultSessionTimes;
  const open = { config: { open: true } };

  app.get('/login', open, (request, reply) => {
    const next = localPath(readForm(request.query)('next'), AFTER_LOGIN);
    return request.operatorSession ? reply.redirect(next, 303) : showLogin(deps, request, reply, { next });
  });

  app.post('/login', open, async (request, reply) => {
    const form = readForm(request.body);
    const next = localPath(form('next'), AFTER_LOGIN);
    requireLoginToken(deps, request);
    const attempt = { login: normalizeLogin(form('login')), range: rangeOf(request.ip) };
    // The password is not trimmed: blanks may be part of it.
    const outcome = await logIn(deps.db.prisma, { ...attempt, password: passwordOf(request.body) }).catch(
      asOutcome,
    );
    if (outcome.result === 'slowed') {
      tellRefused({ ...attempt, reason: 'slowed' });
      const seconds = Math.max(1, Math.ceil(outcome.waitMs / SECOND_MS));
      void reply.code(429).header('retry-after', seconds);
      return showLogin(deps, request, reply, {
        next,
        problem: `Too many tries. Wait ${seconds} s and try again.`,
      });
    }
    if (outcome.result === 'wrong') {
      tellRefused({ ...attempt, reason: 'wrong' });
      void reply.code(401);
      return showLogin(deps, request, reply, { next, problem: 'Login or password is wrong.' });
    }
    const { operator } = outcome;
    if (request.operatorSession) await endSession(deps.db.prisma, request.operatorSession.idHash);
    const { cookie } = await deps.db.transaction(async (tx) => {
      const started = await startSession(tx, operator, { now: deps.clock.now(), times });
      const subject = `operator ${operator.id} (${operator.login})`;
      await audit(tx, operatorActor(operator, request.ip), [{ action: 'session.started', subject }]);
      return started;
    });
    deps.log.info({ operatorId: operator.id, fromRange: attempt.range }, 'operator logged in');
    return reply
      .setCookie(cookieName(deps, 'operator'), cookie, cookieOptions(deps))
      .clearCookie(cookieName(deps, 'login'), cookieOptions(deps))
      .redirect(next, 303);
  });

  app.post('/logout', async (request, reply) => {
    await endSession(deps.db.prisma, requireSession(request).idHash);
    return reply.clearCookie(cookieName(deps, 'operator'), cookieOptions(deps)).redirect('/login', 303);
  });
}

/** Nobody has a session before the log-in, so its form is tied to the browser by a cookie of its own. */
function showLogin(
  deps: PortalDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  content: { next: string; problem?: string },
): FastifyReply {
  const csrfToken = request.cookies[cookieName(deps, 'login')] || randomBytes(32).toString('base64url');
  void reply.setCookie(cookieName(deps, 'login'), csrfToken, cookieOptions(deps));
  const body = html`${content.problem && notice('bad', content.problem)}
    <section>
      <form method="post" action="/login">
        ${csrfField({ csrfToken })}<input type="hidden" name="next" value="${content.next}" />
        <div class="field">
          <label for="login">Login</label>
          <input type="text" id="login" name="login" autocomplete="username" required autofocus />
        </div>
        <div class="field">
          <label for="password">Password</label>
          <input type="password" id="password" name="password" autocomplete="current-password" required />
        </div>
        <button>Log in</button>
      </form>
      ${deps.loginHint && html`<p class="muted">${deps.loginHint}</p>`}
    </section>`;
  return sendPage(reply, { title: 'Log in', session: null, body });
}

/** A line that is full slows as failures do. */
function asOutcome(error: unknown): LoginOutcome {
  if (error instanceof AppError && error.code === 'too-many-requests') {
    return { result: 'slowed', waitMs: error.retryAfterMs ?? SECOND_MS };
  }
  throw error;
}

/**
 * The operator's own security log: who was refused, from where. Names chosen so that redaction keeps them. Slow-downs, of
 * which a machine can cause thousands, are told once a minute and range.
 */
function createRefusalLog({ log, clock, refusals }: PortalDeps) {
  const told = createMemory<true>({ keepMs: MINUTE_MS, most: 1_000, clock });
  return function tellRefused(refusal: { login: string; range: string; reason: 'wrong' | 'slowed' }): void {
    const { login, range, reason } = refusal;
    const loginName = isLogin(login) ? login : '(no possible login)';
    void refusals.tell({
      action: 'log-in.refused',
      id: loginName,
      name: loginName,
      via: 'portal',
      from: range,
      reason,
    });
    if (reason === 'slowed' && told.get(range)) return;
    if (reason === 'slowed') told.set(range, true);
    log.warn({ loginName, fromRange: range, reason }, 'log-in refused');
  };
}

function requireLoginToken(deps: PortalDeps, request: FastifyRequest): void {
  const cookie = request.cookies[cookieName(deps, 'login')] ?? '';
  if (!sameSecret(readForm(request.body)('_csrf'), cookie)) {
    throw new AppError('not-allowed', 'This form is out of date. Load the log-in page again.');
  }
}

function passwordOf(body: unknown): string {
  const value =
    typeof body === 'object' && body !== null ? (body as Record<string, unknown>)['password'] : '';
  return typeof value === 'string' ? value : '';
}
