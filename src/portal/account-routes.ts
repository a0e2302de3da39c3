import type { FastifyInstance, FastifyRequest } from 'fastify';
import {
  beginOwnSecondFactor,
  changeOwnPassword,
  confirmOwnSecondFactor,
  endOwnSecondFactor,
  endOwnSessions,
} from '../administration/own-account.js';
import type { LogIn } from '../companies/login-guard.js';
import { defaultSessionTimes, listSessions } from '../companies/operator-session-store.js';
import { totpUri } from '../companies/totp.js';
import { accountPage, enrolPage, recoveryPage } from './account-pages.js';
import { readForm, readPassword } from './forms.js';
import { html } from './html.js';
import { notice } from './layout.js';
import type { PortalDeps } from './portal-deps.js';
import { sendPage } from './send-page.js';
import { actorOf, cookieName, cookieOptions, originOf, requireSession } from './session-guard.js';

/** What the page says after a redirect. Only these texts: a link cannot put words into the page. */
const doneTexts: Record<string, string> = {
  password: 'The password is changed, and your other log-ins have ended.',
  off: 'The second factor is off.',
  ended: 'Ended.',
};

function ownOf(request: FastifyRequest) {
  return { session: requireSession(request), by: actorOf(request), origin: originOf(request) };
}

/** Everybody's own account. */
export function registerAccountRoutes(app: FastifyInstance, deps: PortalDeps, logIn: LogIn): void {
  const account = { ...deps, logIn, times: deps.sessionTimes ?? defaultSessionTimes };
  app.get('/account', async (request, reply) => {
    const session = requireSession(request);
    const sessions = await listSessions(deps.db.prisma, session.operator.id, deps.clock.now());
    const done = readForm(request.query)('done');
    const text = Object.hasOwn(doneTexts, done) ? (doneTexts[done] ?? null) : null;
    return sendPage(reply, { title: 'Account', session, body: accountPage(session, sessions, text) });
  });

  app.post('/account/password', async (request, reply) => {
    const wanted = { old: readPassword(request.body, 'old'), password: readPassword(request.body) };
    const own = { ...ownOf(request), by: actorOf(request) };
    const cookie = await changeOwnPassword(account, own, wanted);
    return reply
      .setCookie(cookieName(deps, 'operator'), cookie, cookieOptions(deps))
      .redirect('/account?done=password', 303);
  });

  // Answered with the page itself, not with a redirect: nothing keeps the secret that it shows.
  app.post('/account/second-factor', async (request, reply) => {
    const own = { ...ownOf(request), by: actorOf(request) };
    const secret = await beginOwnSecondFactor(account, own);
    const { session } = own;
    const body = enrolPage(session, secret, totpUri(secret, session.operator.login));
    return sendPage(reply, { title: 'Second factor', session, body });
  });

  app.post('/account/second-factor/confirm', async (request, reply) => {
    const own = { ...ownOf(request), by: actorOf(request) };
    const codes = await confirmOwnSecondFactor(account, own, readForm(request.body)('code'));
    const { session } = own;
    if (codes) return sendPage(reply, { title: 'Second factor', session, body: recoveryPage(codes) });
    const body = html`${notice('bad', 'This code does not fit.', 'Look whether the clock of the device is right, and set the app up again.')}
      <p><a href="/account">Back to the account</a></p>`;
    return sendPage(reply.code(400), { title: 'Second factor', session, body });
  });

  app.post('/account/second-factor/off', async (request, reply) => {
    const own = { ...ownOf(request), by: actorOf(request) };
    await endOwnSecondFactor(account, own, readPassword(request.body, 'old'));
    return reply.redirect('/account?done=off', 303);
  });

  app.post('/account/sessions/end', async (request, reply) => {
    const own = { ...ownOf(request), by: actorOf(request) };
    await endOwnSessions(deps, own, readForm(request.body)('session') || null);
    return reply.redirect('/account?done=ended', 303);
  });
}
