import { acknowledgementRenderer } from '../acknowledgements/render-acknowledgement-document.js';
import { deleteExpiredSessions } from '../companies/operator-session-store.js';
import { resealTokens } from '../connections/authorization-store.js';
import { deleteOldStates } from '../connections/oauth-state-store.js';
import { rerenderOldDocuments } from '../documents/rerender.js';
import { deleteOldKeys } from '../http/idempotency-store.js';
import { orderRenderer } from '../orders/render-orders.js';
import { returnRenderer } from '../returns/render-returns.js';
import { shipmentRenderer } from '../shipments/render-shipment-document.js';
import type { Database } from '../store/database.js';
import type { Sealer } from '../store/secrets.js';
import type { HousekeepingDeps } from '../sync/housekeeping.js';
import type { Clock } from '../time.js';

/** What every folder wants done now and then. Adding a document type: its renderer here. */
export function sweepsOf(deps: {
  db: Database;
  clock: Clock;
  sealer: Sealer;
}): NonNullable<HousekeepingDeps['sweeps']> {
  const { db, clock, sealer } = deps;
  return [
    {
      name: 'documents-rendered',
      run: () =>
        rerenderOldDocuments(db, [orderRenderer, acknowledgementRenderer, shipmentRenderer, returnRenderer]),
    },
    { name: 'tokens-resealed', run: () => resealTokens(db.prisma, sealer) },
    { name: 'states-deleted', run: () => deleteOldStates(db.prisma, clock.now()) },
    { name: 'sessions-deleted', run: () => deleteExpiredSessions(db.prisma, clock.now()) },
    { name: 'idempotency-keys-deleted', run: () => deleteOldKeys(db.prisma, clock.now()) },
  ];
}
