import { randomBytes } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { createLogInSteps, type LogInOutcome } from '../administration/log-in.js';
import { endOwnSessions } from '../administration/own-account.js';
import { shownId, defaultSessionTimes } from '../companies/operator-session-store.js';
import type { LogIn } from '../companies/login-guard.js';
import { normalizeLogin } from '../companies/operator-store.js';
import { AppError } from '../kernel/errors.js';
import { SECOND_MS } from '../kernel/time.js';
import { localPath, readForm, readPassword, sameSecret } from './forms.js';
import { html, type Html } from './html.js';
import { csrfField, notice } from './layout.js';
import type { PortalDeps } from './portal-deps.js';
import { sendPage } from './send-page.js';
import { actorOf, cookieName, cookieOptions, originOf, requireSession } from './session-guard.js';

const AFTER_LOGIN = '/';
/** Of a log-in whose password was right: good for the second factor alone. */
const AWAITING = 'login-code';

const placeOf = (request: FastifyRequest) => ({ ...originOf(request), from: request.ip });
const formerOf = (request: FastifyRequest) => request.operatorSession?.idHash ?? null;

/** Log-in, with a second factor where the account has one, and log-out. */
export function registerLoginPages(app: FastifyInstance, deps: PortalDeps, logIn: LogIn): void {
  const times = deps.sessionTimes ?? defaultSessionTimes;
  const steps = createLogInSteps({ ...deps, logIn, times });

  app.get('/login', (request, reply) => {
    const next = localPath(readForm(request.query)('next'), AFTER_LOGIN);
    return request.operatorSession ? reply.redirect(next, 303) : showLogin(deps, request, reply, { next });
  });

  app.post('/login', async (request, reply) => {
    const form = readForm(request.body);
    const next = localPath(form('next'), AFTER_LOGIN);
    requireLoginToken(deps, request);
    // The password is not trimmed: blanks may be part of it.
    const given = { login: normalizeLogin(form('login')), password: readPassword(request.body) };
    const outcome = await steps.givePassword(given, placeOf(request), formerOf(request));
    if (outcome.result === 'welcome') return letIn(reply, outcome.cookie, next);
    if (outcome.result === 'code') {
      const query = next === AFTER_LOGIN ? '' : `?next=${encodeURIComponent(next)}`;
      return reply
        .setCookie(cookieName(deps, AWAITING), outcome.cookie, cookieOptions(deps))
        .redirect(`/login/code${query}`, 303);
    }
    const problem = tellProblem(reply, outcome, 'Login or password is wrong.');
    return showLogin(deps, request, reply, { next, problem });
  });

  app.get('/login/code', (request, reply) => {
    const next = localPath(readForm(request.query)('next'), AFTER_LOGIN);
    if (!request.cookies[cookieName(deps, AWAITING)]) return reply.redirect('/login', 303);
    return showForm(
      deps,
      request,
      reply,
      { title: 'Second factor', action: '/login/code', next },
      codeFields(),
    );
  });

  app.post('/login/code', async (request, reply) => {
    const form = readForm(request.body);
    const next = localPath(form('next'), AFTER_LOGIN);
    requireLoginToken(deps, request);
    const awaiting = request.cookies[cookieName(deps, AWAITING)] ?? '';
    const outcome = await steps.giveCode(
      { awaiting, code: form('code') },
      placeOf(request),
      formerOf(request),
    );
    if (outcome.result === 'welcome') return letIn(reply, outcome.cookie, next);
    if (outcome.result === 'gone' || outcome.result === 'code') {
      void reply.clearCookie(cookieName(deps, AWAITING), cookieOptions(deps));
      return showLogin(deps, request, reply.code(401), {
        next,
        problem: 'That took too long. Log in again.',
      });
    }
    const problem = tellProblem(
      reply,
      outcome,
      'This code is wrong, or was used already. Wait for the next one.',
    );
    const page = { title: 'Second factor', action: '/login/code', next, problem };
    return showForm(deps, request, reply, page, codeFields());
  });

  app.post('/logout', async (request, reply) => {
    const session = requireSession(request);
    const own = { session, by: actorOf(request), origin: originOf(request) };
    await endOwnSessions(deps, own, shownId(session.idHash));
    return reply.clearCookie(cookieName(deps, 'operator'), cookieOptions(deps)).redirect('/login', 303);
  });

  function letIn(reply: FastifyReply, cookie: string, next: string): FastifyReply {
    return reply
      .setCookie(cookieName(deps, 'operator'), cookie, cookieOptions(deps))
      .clearCookie(cookieName(deps, 'login'), cookieOptions(deps))
      .clearCookie(cookieName(deps, AWAITING), cookieOptions(deps))
      .redirect(next, 303);
  }
}

/** Sets the status of a refusal. @returns what the page says */
function tellProblem(reply: FastifyReply, outcome: LogInOutcome, wrong: string): string {
  if (outcome.result !== 'slowed') {
    void reply.code(401);
    return wrong;
  }
  const seconds = Math.max(1, Math.ceil(outcome.waitMs / SECOND_MS));
  void reply.code(429).header('retry-after', seconds);
  return `Too many tries. Wait ${seconds} s and try again.`;
}

function showLogin(
  deps: PortalDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  content: { next: string; problem?: string },
): FastifyReply {
  const fields = html`<div class="field">
      <label for="login">Login</label>
      <input type="text" id="login" name="login" autocomplete="username" required autofocus />
    </div>
    <div class="field">
      <label for="password">Password</label>
      <input type="password" id="password" name="password" autocomplete="current-password" required />
    </div>`;
  const hint = deps.loginHint === undefined ? null : html`<p class="muted">${deps.loginHint}</p>`;
  return showForm(deps, request, reply, { title: 'Log in', action: '/login', ...content }, fields, hint);
}

function codeFields(): Html {
  return html`<div class="field">
    <label for="code">Code</label>
    <p class="hint" id="codeHint">
      The six digits that your authenticator app shows now, or one of your recovery codes.
    </p>
    <input
      type="text"
      id="code"
      name="code"
      maxlength="40"
      autocomplete="one-time-code"
      aria-describedby="codeHint"
      required
      autofocus
    />
  </div>`;
}

/** Nobody has a session before the log-in, so its form is tied to the browser by a cookie of its own. */
function showForm(
  deps: PortalDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  content: { title: string; action: string; next: string; problem?: string },
  fields: Html,
  hint: Html | null = null,
): FastifyReply {
  const csrfToken = request.cookies[cookieName(deps, 'login')] || randomBytes(32).toString('base64url');
  void reply.setCookie(cookieName(deps, 'login'), csrfToken, cookieOptions(deps));
  const body = html`${content.problem && notice('bad', content.problem)}
    <section>
      <form method="post" action="${content.action}">
        ${csrfField({ csrfToken })}<input type="hidden" name="next" value="${content.next}" />
        ${fields}
        <button>Log in</button>
      </form>
      ${hint}
    </section>`;
  return sendPage(reply, { title: content.title, session: null, body });
}

function requireLoginToken(deps: PortalDeps, request: FastifyRequest): void {
  const cookie = request.cookies[cookieName(deps, 'login')] ?? '';
  if (!sameSecret(readForm(request.body)('_csrf'), cookie)) {
    throw new AppError('not-allowed', 'This form is out of date. Load the log-in page again.');
  }
}
