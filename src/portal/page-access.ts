import { mayReach, may, type Permission } from '../companies/permissions.js';
import type { Actor } from '../companies/actor.js';
import { findConnection } from '../connections/connection-store.js';
import { AppError } from '../kernel/errors.js';
import type { Tx } from '../store/database.js';

/** `open`: everybody, without a log-in; `own`: everybody who is logged in, about the own account. */
export type Access = Permission | 'open' | 'own';

/** The one table of pages and forms, and what each needs. A route that is not in it does not start. */
const access: Record<string, Access> = {
  'GET /': 'open',
  'GET /portal/style/:version': 'open',
  'GET /portal/icon.svg': 'open',
  'GET /help': 'open',
  'GET /login': 'open',
  'POST /login': 'open',
  'GET /login/code': 'open',
  'POST /login/code': 'open',
  'POST /logout': 'own',
  'GET /account': 'own',
  'POST /account/password': 'own',
  'POST /account/second-factor': 'own',
  'POST /account/second-factor/confirm': 'own',
  'POST /account/second-factor/off': 'own',
  'POST /account/sessions/end': 'own',
  'POST /views': 'own',
  'POST /views/:id/remove': 'own',
  'GET /search': 'see',
  'GET /problems': 'see',
  'GET /problems/documents': 'see',
  'POST /problems/documents': 'operate',
  'GET /deadlines': 'see',
  'GET /orders': 'see',
  'GET /orders/:id': 'see',
  'POST /orders/:id/buyer': 'operate',
  'GET /orders/:id/ship': 'operate',
  'POST /orders/:id/ship': 'operate',
  'GET /orders/:id/cancel': 'operate',
  'POST /orders/:id/cancel': 'operate',
  'POST /orders/:id/accept': 'operate',
  'GET /orders/tiktok/:order': 'see',
  'POST /orders/tiktok/:order/pull': 'operate',
  'POST /orders/:id/status': 'operate',
  'POST /shipments/:id/status': 'operate',
  'POST /acknowledgements/:id/status': 'operate',
  'POST /returns/:id/status': 'operate',
  'POST /invoices/:id/status': 'operate',
  'GET /shipments': 'see',
  'GET /acknowledgements': 'see',
  'GET /returns': 'see',
  'GET /shipments/:id': 'see',
  'GET /acknowledgements/:id': 'see',
  'GET /returns/:id': 'see',
  'GET /invoices/:id': 'see',
  'GET /shipments/:id/correct': 'operate',
  'POST /shipments/:id/correct': 'operate',
  'POST /returns/:id/buyer': 'operate',
  'GET /inventory': 'see',
  'GET /inventory/item': 'see',
  'GET /inventory/upload': 'operate',
  'POST /inventory/upload': 'operate',
  'POST /inventory/match': 'operate',
  'GET /feeds': 'see',
  'GET /feeds/:id': 'see',
  'GET /feeds/:id/rows.csv': 'see',
  'POST /feeds/:id/apply': 'operate',
  'POST /feeds/:id/confirm': 'operate',
  'POST /feeds/:id/refuse': 'operate',
  'GET /products': 'see',
  'GET /products/item': 'see',
  'GET /products/changes': 'see',
  'POST /products/send': 'operate',
  'POST /products/take-over': 'operate',
  'POST /feeds/:id/send': 'operate',
  'POST /feeds/:id/take-back': 'operate',
  'GET /runs': 'see',
  'GET /runs/:run': 'see',
  'GET /activity': 'see',
  'GET /system': 'people',
  'GET /connections': 'see',
  'GET /connections/new': 'operate',
  'POST /connections': 'operate',
  'GET /connections/:id': 'see',
  'GET /connections/:id/shops': 'operate',
  'POST /connections/:id/connect': 'operate',
  // A browser that is not logged in gets an explanation here, not a detour that would use the answer up; the use case asks who it is.
  'GET /connections/callback': 'open',
  'POST /connections/:id/seller': 'operate',
  'POST /connections/:id/shop': 'operate',
  'POST /connections/:id/flows/:flow/run': 'operate',
  'POST /connections/:id/rename': 'operate',
  'GET /connections/:id/settings': 'see',
  'POST /connections/:id/settings': 'settings',
  'GET /connections/:id/shipstation': 'see',
  'POST /connections/:id/shipstation/password': 'settings',
  'POST /connections/:id/shipstation/remove': 'settings',
  'POST /connections/:id/pause': 'operate',
  'POST /connections/:id/resume': 'operate',
  'POST /connections/:id/close': 'operate',
  'POST /connections/:id/effects/:entry': 'operate',
  'GET /connections/:id/products/specification': 'see',
  'GET /connections/:id/products/template': 'see',
  'GET /companies': 'see',
  'POST /companies': 'companies',
  'GET /companies/:id': 'see',
  'POST /companies/:id/name': 'companies',
  'POST /companies/:id/deactivate': 'companies',
  'POST /companies/:id/activate': 'companies',
  'POST /companies/:id/pickup-status': 'settings',
  'POST /companies/:id/keys/:slot': 'keys',
  'POST /companies/:id/keys/:slot/revoke': 'keys',
  'GET /operators': 'people',
  'POST /operators': 'people',
  'GET /operators/:id': 'people',
  'POST /operators/:id/password': 'people',
  'POST /operators/:id/role': 'people',
  'POST /operators/:id/second-factor/off': 'people',
  'POST /operators/:id/sessions/end': 'people',
  'POST /operators/:id/remove': 'people',
  'GET /webhooks': 'see',
  'GET /webhooks/new': 'settings',
  'POST /webhooks': 'settings',
  'GET /webhooks/:id': 'see',
  'POST /webhooks/:id': 'settings',
  'GET /webhooks/:id/messages/:message': 'see',
  'POST /webhooks/:id/test': 'settings',
  'POST /webhooks/:id/rotate': 'settings',
  'POST /webhooks/:id/replay': 'settings',
  'POST /webhooks/:id/remove': 'settings',
  'GET /alerts': 'see',
  'GET /alerts/recipients/new': 'settings',
  'POST /alerts/recipients': 'settings',
  'GET /alerts/recipients/:id': 'settings',
  'POST /alerts/recipients/:id': 'settings',
  'POST /alerts/recipients/:id/remove': 'settings',
  'GET /deliveries': 'see',
  'GET /deliveries/:delivery': 'see',
  'POST /deliveries/:delivery/content': 'operate',
  'POST /deliveries/:delivery/picked-up': 'operate',
  'POST /deliveries/:delivery/replay': 'operate',
  'POST /deliveries/replay': 'operate',
  'GET /deliveries/profiles': 'see',
  'POST /deliveries/profiles': 'settings',
  'POST /deliveries/profiles/remove': 'settings',
  'GET /files': 'see',
  'GET /files/upload': 'operate',
  'POST /files/upload': 'operate',
  'GET /files/:id': 'see',
  'GET /files/:id/documents.csv': 'see',
  'POST /files/:id/apply': 'operate',
  'GET /deliveries/*': 'own',
  'GET /files/*': 'own',
  'GET /webhooks/*': 'own',
  'GET /alerts/*': 'own',
  'GET /connections/*': 'own',
  'GET /orders/*': 'own',
  'GET /shipments/*': 'own',
  'GET /acknowledgements/*': 'own',
  'GET /returns/*': 'own',
  'GET /inventory/*': 'own',
  'GET /feeds/*': 'own',
  'GET /products/*': 'own',
  'GET /runs/*': 'own',
  'GET /problems/*': 'own',
  'GET /companies/*': 'own',
  'GET /operators/*': 'own',
  'GET /login/*': 'own',
  'GET /account/*': 'own',
};

/** @throws Error for a route without a row: nobody has thought about who may have it */
export function accessOf(method: string, url: string): Access {
  const name = `${method === 'HEAD' ? 'GET' : method} ${url}`;
  const found = Object.hasOwn(access, name) ? access[name] : undefined;
  if (found) return found;
  throw new Error(`${name} stands in no row of portal/page-access.ts.`);
}

/**
 * Whether somebody may have a page or send a form. A thing of a company that the person has nothing to do with is not there.
 * @param page.id what the page is about, as it stands in the path
 * @throws AppError not-found, not-allowed
 */
export async function checkAccess(
  tx: Tx,
  by: Actor,
  page: { needs: Permission; url: string; id: number | null },
): Promise<void> {
  if (!may(by, page.needs)) {
    throw new AppError('not-allowed', 'Your role does not allow this.', {
      details: [{ message: 'Your role does not allow this.', next: 'Ask an operator of this service.' }],
    });
  }
  if (by.companies === 'all' || page.id === null) return;
  if (page.url.startsWith('/companies/') && !mayReach(by, page.id)) throw nothingThere();
  if (!page.url.startsWith('/connections/')) return;
  const connection = await findConnection(tx, { id: page.id });
  if (!connection || !mayReach(by, connection.companyId)) throw nothingThere();
}

function nothingThere(): AppError {
  return new AppError('not-found', 'There is no page at this address.');
}
