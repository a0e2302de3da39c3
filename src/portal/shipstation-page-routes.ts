import type { FastifyInstance } from 'fastify';
import {
  removeShipStation,
  setShipStationPassword,
  shipStationStanding,
} from '../channels/shipstation/manage-shipstation.js';
import { SHIPSTATION_PATH } from '../channels/shipstation/shipstation-routes.js';
import { may } from '../companies/permissions.js';
import { getConnection } from '../connections/connection-store.js';
import type { Connection } from '../connections/connection.js';
import { AppError } from '../kernel/errors.js';
import { HOUR_MS } from '../kernel/time.js';
import { readForm, readId } from './forms.js';
import type { PortalDeps } from './portal-deps.js';
import { sendPage } from './send-page.js';
import { actorOf, requireSession } from './session-guard.js';
import { MOST_STORE_GRACE_HOURS, newStorePasswordPage, shipStationPage } from './shipstation-pages.js';

/** Lets ShipStation fetch the orders of a shop. */
export function registerShipStationRoutes(app: FastifyInstance, deps: PortalDeps): void {
  const urlOf = ({ partnerId }: Connection) => `${deps.publicUrl()}${SHIPSTATION_PATH}/${partnerId}`;

  app.get('/connections/:id/shipstation', async (request, reply) => {
    const session = requireSession(request);
    const connection = await getConnection(deps.db.prisma, { id: readId(request.params) });
    const standing = await shipStationStanding(deps, connection);
    const mayChange = may(actorOf(request), 'settings');
    const body = shipStationPage({ session, connection, standing, url: urlOf(connection), mayChange });
    return sendPage(reply, { ...titles(connection), session, body });
  });

  // Answered with the page itself, not with a redirect: nothing keeps the password that it shows.
  app.post('/connections/:id/shipstation/password', async (request, reply) => {
    const session = requireSession(request);
    const connection = await getConnection(deps.db.prisma, { id: readId(request.params) });
    const graceMs = readHours(readForm(request.body)('grace')) * HOUR_MS;
    const made = await setShipStationPassword(deps, connection, { by: actorOf(request), graceMs });
    const body = newStorePasswordPage({ connection, url: urlOf(connection), ...made });
    return sendPage(reply, { ...titles(connection), session, body });
  });

  app.post('/connections/:id/shipstation/remove', async (request, reply) => {
    const connection = await getConnection(deps.db.prisma, { id: readId(request.params) });
    await removeShipStation(deps, connection, { by: actorOf(request) });
    return reply.redirect(`/connections/${connection.id}/shipstation`, 303);
  });
}

function titles({ id, name }: Connection): { title: string; crumbs: [string, string][] } {
  return {
    title: `ShipStation of ${name}`,
    crumbs: [
      ['/connections', 'Connections'],
      [`/connections/${id}`, name],
    ],
  };
}

/** @throws AppError invalid-request */
function readHours(text: string): number {
  if (text === '') return 0;
  if (/^\d{1,3}$/.test(text) && Number(text) <= MOST_STORE_GRACE_HOURS) return Number(text);
  throw new AppError(
    'invalid-request',
    `The old password works for 0 to ${MOST_STORE_GRACE_HOURS} hours more.`,
  );
}
