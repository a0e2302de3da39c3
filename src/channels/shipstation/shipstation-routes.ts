import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { findCompany } from '../../companies/company-store.js';
import { findConnection } from '../../connections/connection-store.js';
import type { Connection } from '../../connections/connection.js';
import { checkChannelPassword, noteChannelUse } from '../../deliveries/channel-log-in-store.js';
import type { DocumentKind } from '../../documents/document-kind.js';
import type { HandOver } from '../../documents/hand-over.js';
import type { Waking } from '../../documents/wake-effects.js';
import { afterAnswer } from '../../http/after-answer.js';
import { admit } from '../../http/connection-guard.js';
import { createErrorHandler } from '../../http/error-handler.js';
import { createKeyGuard } from '../../http/key-guard.js';
import { rawBody, takeRawBodies } from '../../http/raw-bodies.js';
import { createRateLimiter, defaultRateLimits, type RateLimits } from '../../http/rate-limit.js';
import { rangeOf } from '../../kernel/address-range.js';
import { AppError } from '../../kernel/errors.js';
import type { Logger } from '../../kernel/log.js';
import type { Clock } from '../../kernel/time.js';
import type { Database } from '../../store/database.js';
import { exportOrders } from './export-orders.js';
import { ordersXml } from './orders-xml.js';
import { readShipNotice } from './read-ship-notice.js';
import { errorSentences } from './say-error.js';
import { CHANNEL, shipStationActor, type ShipStationActor } from './shipstation-actor.js';
import { takeShipNotice } from './take-ship-notice.js';
import { readUsTime } from './us-dates.js';

interface ShipStationDeps extends Waking {
  db: Database;
  clock: Clock;
  log: Logger;
  kinds: readonly DocumentKind[];
  handOver?: HandOver | undefined;
  rateLimits?: RateLimits;
  /** Whether the password may stand in the address, for proxies that take the header away. */
  allowKeyInQuery?: boolean;
}

/** Where ShipStation's Custom Store calls; the number of the shop follows. */
export const SHIPSTATION_PATH = '/shipstation';
const PATH = `${SHIPSTATION_PATH}/:partnerId`;
/** A notice with a thousand items is a few hundred kilobytes. */
const BODY_LIMIT_BYTES = 1024 * 1024;
const MOST_PAGES = 100_000;
const FIRST_TIME = new Date('2000-01-01T00:00:00Z');
/** The same for all pages of a look without an end. */
const LAST_TIME = new Date('2100-01-01T00:00:00Z');

/** A call, once it is known who makes it. */
interface Call {
  connection: Connection;
  by: ShipStationActor;
  /** By their names in lower case. */
  query: ReadonlyMap<string, string>;
}

/**
 * ShipStation's Custom Store: `GET ?action=export` answers orders as XML, `POST ?action=shipnotify` takes a label. Answers
 * other than 2xx are shown to the packer, so that they are plain sentences.
 */
export function shipStationPlugin(deps: ShipStationDeps): (app: FastifyInstance) => Promise<void> {
  const { clock, log, rateLimits = defaultRateLimits } = deps;
  const authenticate = createLogIn(deps);
  const limit = createRateLimiter(rateLimits, clock);
  const shipments = deps.kinds.find(({ type }) => type === 'shipment');
  const otherwise = createErrorHandler(log);

  return async (app) => {
    takeRawBodies(app, BODY_LIMIT_BYTES);
    app.setErrorHandler((error: FastifyError | Error, request, reply) =>
      error instanceof AppError ? sayError(request, reply, error) : otherwise(error, request, reply),
    );

    /** Before the body is read. */
    const actorOf = (request: FastifyRequest): Call => calls.get(request)!;
    const calls = new WeakMap<FastifyRequest, Call>();
    app.addHook('onRequest', async (request, reply) => {
      reply.header('cache-control', 'no-store');
      const query = queryOf(request.url);
      const { connection, by } = await authenticate(request, query);
      admit(request.raw.socket);
      limit({ companyId: connection.companyId, keyId: by.id }, 'search');
      calls.set(request, { connection, by, query });
    });

    app.get(PATH, { schema: { hide: true } }, async (request, reply) => {
      const call = actorOf(request);
      checkAction(call, 'export', 'GET');
      const { connection, by } = call;
      const page = await exportOrders(deps, connection, by, wantedIn(call.query));
      const { id: connectionId, companyId } = connection;
      const keys = page.orders.map(({ key }) => key);
      afterAnswer(reply, (sentAtMs) => deps.handOver?.carried({ companyId, keys, sentAtMs }));
      await noteChannelUse(deps.db.prisma, { connectionId, channel: CHANNEL, use: 'read', now: clock.now() });
      const text = [...ordersXml(page.orders, page.pages)].join('');
      return reply.type('text/xml; charset=utf-8').send(Buffer.from(text));
    });

    app.post(PATH, { schema: { hide: true } }, async (request, reply) => {
      const call = actorOf(request);
      checkAction(call, 'shipnotify', 'POST');
      if (!shipments) throw new Error('There is no kind of shipments');
      const { connection, by, query } = call;
      const notice = readShipNotice(query, rawBody(request));
      const said = await takeShipNotice({ ...deps, shipments }, connection, by, notice);
      const { id: connectionId } = connection;
      await noteChannelUse(deps.db.prisma, { connectionId, channel: CHANNEL, use: 'said', now: clock.now() });
      return reply.type('text/plain; charset=utf-8').send(said);
    });
  };
}

/** Names in any case; the last one counts where one comes twice. */
function queryOf(url: string): Map<string, string> {
  const [, text = ''] = url.split('?', 2);
  return new Map([...new URLSearchParams(text)].map(([name, value]) => [name.toLowerCase(), value.trim()]));
}

function checkAction({ query }: Call, action: string, method: string): void {
  const given = (query.get('action') ?? '').toLowerCase();
  if (given === action) return;
  throw new AppError('invalid-request', 'There is no such action.', {
    details: [
      {
        field: 'action',
        message: `a ${method} takes action=${action}`,
        next: 'Orders are fetched by GET action=export, labels are told by POST action=shipnotify.',
      },
    ],
  });
}

/** @throws AppError invalid-request */
function wantedIn(query: ReadonlyMap<string, string>) {
  const [start, end] = [query.get('start_date') ?? '', query.get('end_date') ?? ''];
  const from = start === '' ? { at: FIRST_TIME } : readUsTime(start);
  const to = end === '' ? { until: LAST_TIME } : readUsTime(end);
  const page = query.get('page') ?? '1';
  const isPage = /^\d{1,6}$/.test(page) && Number(page) >= 1 && Number(page) <= MOST_PAGES;
  if (!from) throw badTime('start_date');
  if (!to) throw badTime('end_date');
  if (!isPage)
    throw new AppError('invalid-request', 'The page cannot be read.', {
      details: [{ field: 'page', message: `must be a number from 1 to ${MOST_PAGES}` }],
    });
  return { from: from.at, to: to.until, page: Number(page) };
}

function badTime(field: string): AppError {
  return new AppError('invalid-request', 'The time cannot be read.', {
    details: [{ field, message: 'must be a time in UTC, month first, such as 01/23/2026 17:28' }],
  });
}

function sayError(request: FastifyRequest, reply: FastifyReply, error: AppError): FastifyReply {
  request.errorCode = error.code;
  if (error.status === 401)
    reply.header('www-authenticate', 'Basic realm="TikTok Shop orders", charset="UTF-8"');
  if (error.retryAfterMs !== undefined)
    reply.header('retry-after', Math.max(1, Math.ceil(error.retryAfterMs / 1000)));
  const said = errorSentences(error);
  return reply
    .code(error.status)
    .type('text/plain; charset=utf-8')
    .send(said === '' ? error.message : `${error.message} ${said}`);
}

/**
 * Who calls: HTTP Basic with the log-in of the shop in the path. Wrong passwords cost their address as wrong API keys do; what is
 * wrong is not told.
 */
function createLogIn({ db, clock, allowKeyInQuery = true }: ShipStationDeps) {
  const guard = createKeyGuard(clock);

  return async function authenticate(
    request: FastifyRequest,
    query: ReadonlyMap<string, string>,
  ): Promise<{ connection: Connection; by: ShipStationActor }> {
    const given = basicOf(request.headers.authorization) ?? (allowKeyInQuery ? inQuery(query) : null);
    if (!given) throw wrongLogIn('A log-in is needed.');
    const { partnerId } = request.params as { partnerId: string };
    const found = await guard.find(
      JSON.stringify([partnerId, given.login, given.password]),
      rangeOf(request.ip),
      async () => {
        const connectionId = await checkChannelPassword(db.prisma, {
          channel: CHANNEL,
          ...given,
          now: clock.now(),
        });
        const connection =
          connectionId === null ? null : await findConnection(db.prisma, { id: connectionId });
        if (!connection || String(connection.partnerId) !== partnerId) return null;
        return { companyId: connection.companyId, keyId: String(connection.id) };
      },
    );
    if (!found) throw wrongLogIn('The user name or the password is wrong.');
    const connection = await findConnection(db.prisma, { id: Number(found.keyId) });
    const company = await findCompany(db.prisma, found.companyId);
    if (!connection || !company || connection.status === 'closed' || company.deactivatedAt)
      throw new AppError('not-allowed', 'This shop is closed here.', {
        details: [{ message: 'it has no orders any more', next: 'Deactivate the store in ShipStation.' }],
      });
    return { connection, by: shipStationActor(connection, request.ip) };
  };
}

interface Given {
  login: string;
  password: string;
}

function basicOf(header: string | undefined): Given | null {
  const [, encoded] = /^Basic +([\w+/=-]{1,1000})$/i.exec(header ?? '') ?? [];
  if (encoded === undefined) return null;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 0 ? null : { login: text.slice(0, colon), password: text.slice(colon + 1) };
}

/** As ShipStation's own plugins take them where a proxy strips the header. */
function inQuery(query: ReadonlyMap<string, string>): Given | null {
  const [login, password] = [query.get('ss-username'), query.get('ss-password')];
  return login && password ? { login, password } : null;
}

function wrongLogIn(message: string): AppError {
  return new AppError('not-authenticated', message, {
    details: [
      {
        message: 'the log-in of the shop is shown once when it is made',
        next: 'Make another password: POST Settings/Partners/{partnerId}/ShipStation/Password.',
      },
    ],
  });
}
