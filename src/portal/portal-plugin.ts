import cookie from '@fastify/cookie';
import formbody from '@fastify/formbody';
import helmet from '@fastify/helmet';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AppError } from '../kernel/errors.js';
import { authorizeOrigins } from '../connections/authorize.js';
import { compressPages } from './compress-pages.js';
import { registerSurroundings } from './surroundings.js';
import { createLogIn } from '../companies/login-guard.js';
import { registerAccountRoutes } from './account-routes.js';
import { registerCompanyRoutes } from './company-routes.js';
import { registerConnectionRoutes } from './connection-routes.js';
import { sendErrorPage } from './error-page.js';
import { registerHelpPage } from './help-page.js';
import { registerAlertPages } from './pages/alert-pages.js';
import { registerActivityPages } from './pages/activity-pages.js';
import { registerFeedPages } from './pages/feed-pages.js';
import { registerInventoryPages } from './pages/inventory-pages.js';
import { registerProductPages } from './pages/product-pages.js';
import { registerRunPages } from './pages/run-pages.js';
import { registerSystemPages } from './pages/system-pages.js';
import { registerUploadPages } from './pages/upload-pages.js';
import { registerCancelPages } from './pages/cancel-routes.js';
import { registerCorrectPages } from './pages/correct-routes.js';
import { registerDeadlinePages } from './pages/deadline-pages.js';
import { registerDeliveryPages } from './pages/delivery-pages.js';
import { registerDocumentFilePages } from './pages/document-file-pages.js';
import { registerDocumentLists } from './pages/document-list-pages.js';
import { registerDocumentPages } from './pages/document-routes-of-kind.js';
import { registerOrderList } from './pages/order-list-routes.js';
import { registerOrderPages } from './pages/order-routes.js';
import { registerProblemPages } from './pages/problem-pages.js';
import { registerSearchPages } from './pages/search-pages.js';
import { registerWebhookPages } from './pages/webhook-pages.js';
import { registerViewRoutes } from './pages/view-routes.js';
import { registerShipPages } from './pages/ship-routes.js';
import { registerDashboard } from './pages/dashboard-routes.js';
import { ICON_PATH, STYLE_PATH } from './layout.js';
import { registerLoginPages } from './login-pages.js';
import { registerManageRoutes } from './manage-routes.js';
import { registerShipStationRoutes } from './shipstation-page-routes.js';
import { registerOauth } from './oauth.js';
import { registerOperatorRoutes } from './operator-routes.js';
import type { PortalDeps } from './portal-deps.js';
import { guardPages, isSecure } from './session-guard.js';
import { icon, styleSheet } from './style.js';
import { registerSpecificationPages } from './specification-pages.js';
import { registerWaitingRoutes } from './waiting-routes.js';

const HSTS_SECONDS = 365 * 24 * 60 * 60;
const ICON_CACHE_SECONDS = 3600;
const FOR_EVER_SECONDS = 365 * 24 * 60 * 60;
const FORM_LIMIT_BYTES = 256 * 1024;
const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]']);

/**
 * All pages for operators. Register it in a scope of its own (`app.register(portalPlugin(deps))`): its headers, cookies,
 * form parser and error pages hold for its own routes only.
 */
export function portalPlugin(deps: PortalDeps): (app: FastifyInstance) => Promise<void> {
  return async (app) => {
    // Pages are no part of the API's description.
    app.addHook('onRoute', (route) => {
      route.schema = { ...route.schema, hide: true };
    });
    await app.register(cookie);
    // Before the log-in nobody's megabytes are worth reading, nor any other format than our own forms.
    app.removeAllContentTypeParsers();
    await app.register(formbody, { bodyLimit: FORM_LIMIT_BYTES });
    await app.register(helmet, helmetOptions(deps));
    app.addHook('onRequest', (request, reply, done) => {
      const elsewhere = onePublicName(deps, request);
      if (elsewhere) void reply.redirect(elsewhere, 302);
      else done();
    });
    guardPages(app, deps);
    registerSurroundings(app, deps);
    compressPages(app);
    app.setErrorHandler<Error>((error, request, reply) => sendErrorPage(error, request, reply, deps.log));

    registerAssets(app);
    registerDashboard(app, deps);
    registerDocuments(app, deps);
    await registerCatalogue(app, deps);
    registerRunPages(app, deps);
    registerActivityPages(app, deps);
    registerSystemPages(app, deps);
    registerHelpPage(app, () => deps.help());
    const logIn = createLogIn(deps.clock);
    registerLoginPages(app, deps, logIn);
    registerAccountRoutes(app, deps, logIn);
    const oauth = await registerOauth(app, deps);
    registerConnectionRoutes(app, deps, oauth);
    registerManageRoutes(app, deps);
    registerShipStationRoutes(app, deps);
    registerWaitingRoutes(app, deps);
    registerSpecificationPages(app, deps);
    registerCompanyRoutes(app, deps);
    registerWebhookPages(app, deps);
    registerAlertPages(app, deps);
    registerDeliveryPages(app, deps);
    registerOperatorRoutes(app, deps);
    registerMistypedPages(app);
  };
}

/** Orders and what belongs to them, and what calls for somebody. */
function registerDocuments(app: FastifyInstance, deps: PortalDeps): void {
  registerSearchPages(app, deps);
  registerViewRoutes(app, deps);
  registerProblemPages(app, deps);
  registerDeadlinePages(app, deps);
  registerOrderList(app, deps);
  registerOrderPages(app, deps);
  registerShipPages(app, deps);
  registerCancelPages(app, deps);
  registerCorrectPages(app, deps);
  registerDocumentLists(app, deps);
  registerDocumentPages(app, deps);
}

/** Stock, products and files. */
async function registerCatalogue(app: FastifyInstance, deps: PortalDeps): Promise<void> {
  registerInventoryPages(app, deps);
  registerProductPages(app, deps);
  registerFeedPages(app, deps);
  await registerUploadPages(app, deps);
  await registerDocumentFilePages(app, deps);
}

/** Below these addresses are pages only. */
const MISTYPED = [
  'connections',
  'companies',
  'operators',
  'login',
  'account',
  'orders',
  'shipments',
  'acknowledgements',
  'returns',
  'inventory',
  'feeds',
  'products',
  'runs',
  'problems',
  'webhooks',
  'alerts',
  'deliveries',
  'files',
].map((name) => `/${name}/*`);

/** A mistyped address below the pages answers a page, not the answer that programs get. */
function registerMistypedPages(app: FastifyInstance): void {
  for (const path of MISTYPED) {
    app.get(path, () => {
      throw new AppError('not-found', 'There is no page at this address.');
    });
  }
}

/** The sheet's address changes with its content; an older address, of a page from before an update, gets what there is now. */
function registerAssets(app: FastifyInstance): void {
  app.get('/portal/style/:version', (request, reply) => {
    const isCurrent = request.url === STYLE_PATH;
    return reply
      .type('text/css; charset=utf-8')
      .header('cache-control', isCurrent ? `public, max-age=${FOR_EVER_SECONDS}, immutable` : 'no-cache')
      .send(styleSheet);
  });
  app.get(ICON_PATH, (_request, reply) =>
    reply.type('image/svg+xml').header('cache-control', `public, max-age=${ICON_CACHE_SECONDS}`).send(icon),
  );
}

function helmetOptions(deps: PortalDeps) {
  const none = ["'none'"];
  const self = ["'self'"];
  return {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: none,
        styleSrc: self,
        imgSrc: self,
        baseUri: none,
        frameAncestors: none,
        // Browsers hold redirects after a form against this list too, and Connect redirects to TikTok's page.
        formAction: [...self, ...authorizeOrigins(deps.tiktok)],
      },
    },
    frameguard: { action: 'deny' as const },
    referrerPolicy: { policy: 'no-referrer' as const },
    strictTransportSecurity: isSecure(deps) && { maxAge: HSTS_SECONDS, includeSubDomains: false },
  };
}

/**
 * On a developer's machine `localhost` and `127.0.0.1` are two sites for a browser, and TikTok sends it back to only one
 * of them: a browser that comes by the other name is sent over, so that its log-in is found again. Real hosts stay as they are.
 */
function onePublicName(deps: PortalDeps, request: FastifyRequest): string | null {
  const target = new URL(deps.publicUrl());
  const isOther =
    LOOPBACK.has(target.hostname) && LOOPBACK.has(request.hostname) && request.hostname !== target.hostname;
  return isOther && request.method === 'GET' ? `${target.origin}${request.url}` : null;
}
