import { sealAudit, tellHead } from '../audit/seal-audit.js';
import { deleteOldAttempts } from '../companies/login-attempt-store.js';
import { deleteExpiredSessions } from '../companies/operator-session-store.js';
import { listConnections } from '../connections/connection-store.js';
import { deleteOldStates } from '../connections/oauth-state-store.js';
import { deleteNotices } from '../deadlines/deadline-store.js';
import { raiseNotices } from '../deadlines/raise-notices.js';
import type { ReadFileDeps } from '../deliveries/file-verdict.js';
import { readDueFiles } from '../deliveries/read-received.js';
import { deleteOldRemoteFiles } from '../deliveries/remote-file-store.js';
import { prepareAllDeliveries } from '../deliveries/prepare-deliveries.js';
import { tellUnanswered } from '../deliveries/tell-unanswered.js';
import type { DocumentKind } from '../documents/document-kind.js';
import { eventLog } from '../documents/event-store.js';
import { rerenderOldDocuments } from '../documents/rerender.js';
import { announceImports } from '../imports/announce-imports.js';
import type { FeedKind } from '../imports/feed-kind.js';
import type { ImportDeps } from '../imports/import-deps.js';
import { deleteOldImports, endLostImports } from '../imports/import-store.js';
import { resumeImports } from '../imports/resume-imports.js';
import { deleteOldMedia } from '../products/media/media-file-store.js';
import { sweepBlobs } from '../store/blobs/sweep-blobs.js';
import { clearOldItems } from '../inventory/items/change-items.js';
import { deleteOldKeys } from '../http/idempotency-store.js';
import { numberChanges } from '../store/change-log/sequencer.js';
import type { Database } from '../store/database.js';
import { retireKeys } from '../store/key-check.js';
import { reseal } from '../store/sealed-columns.js';
import type { Sealer } from '../store/secrets.js';
import type { DeliverDeps } from '../sync/effects/deliver-entry.js';
import type { Sweep } from '../sync/housekeeping.js';
import { sealedColumns } from './sealed-columns-list.js';
import { recheckEntries } from '../sync/effects/recheck-entries.js';
import type { Logger } from '../kernel/log.js';
import { DAY_MS, type Clock } from '../kernel/time.js';
import { keepAlerts } from '../alerts/keep-alerts.js';
import { deleteOldAlerts } from '../alerts/alert-store.js';
import { deleteOldMessages } from '../webhooks/out/message-store.js';
import { wakeWebhooks, type WakeDeps } from '../webhooks/out/wake-webhooks.js';
import { dropOldSecrets } from '../webhooks/out/webhook-store.js';
import { forgetBuyers } from '../retention/retention-sweep.js';

/** Reports of files are of use while somebody still looks for a mistake in them. */
const KEEP_IMPORTS_MS = 90 * DAY_MS;
const KEEP_NOTICES_MS = 30 * DAY_MS;
const KEEP_MESSAGES_MS = 30 * DAY_MS;
const KEEP_ALERTS_MS = 90 * DAY_MS;

/** What every folder wants done now and then. */
export function sweepsOf(deps: {
  db: Database;
  clock: Clock;
  log: Logger;
  sealer: Sealer;
  feedKinds: readonly FeedKind[];
  kinds: readonly DocumentKind[];
}): Sweep[] {
  const { db, clock, sealer, kinds } = deps;
  return [
    {
      name: 'documents-rendered',
      run: () =>
        rerenderOldDocuments(
          db,
          kinds.flatMap(({ renderer }) => renderer ?? []),
        ),
    },
    { name: 'imports-ended', run: () => endLostImports(db.prisma, clock.now()) },
    { name: 'imports-announced', run: () => announceImports(deps) },
    {
      name: 'imports-deleted',
      run: () => deleteOldImports(db.prisma, new Date(clock.now().getTime() - KEEP_IMPORTS_MS)),
    },
    { name: 'buyers-forgotten', run: () => forgetBuyers(deps) },
    { name: 'media-deleted', run: () => deleteOldMedia(db) },
    { name: 'blobs-swept', run: () => sweepBlobs(db) },
    {
      name: 'items-cleared',
      run: async () => clearOldItems(deps, await listConnections(db.prisma), clock.now()),
    },
    {
      name: 'deadline-notices-deleted',
      run: () => deleteNotices(db.prisma, new Date(clock.now().getTime() - KEEP_NOTICES_MS)),
    },
    {
      name: 'webhook-messages-deleted',
      run: () => deleteOldMessages(db.prisma, new Date(clock.now().getTime() - KEEP_MESSAGES_MS)),
    },
    { name: 'webhook-secrets-dropped', run: () => dropOldSecrets(db.prisma, clock.now()) },
    {
      name: 'alerts-deleted',
      run: () => deleteOldAlerts(db.prisma, new Date(clock.now().getTime() - KEEP_ALERTS_MS)),
    },
    {
      name: 'remote-files-deleted',
      run: () => deleteOldRemoteFiles(db.prisma, new Date(clock.now().getTime() - KEEP_IMPORTS_MS)),
    },
    { name: 'audit-head-told', run: () => tellHead(deps) },
    { name: 'secrets-resealed', run: () => reseal(db, sealer, sealedColumns) },
    { name: 'keys-retired', run: () => retireKeys(db, sealedColumns) },
    { name: 'states-deleted', run: () => deleteOldStates(db.prisma, clock.now()) },
    { name: 'sessions-deleted', run: () => deleteExpiredSessions(db.prisma, clock.now()) },
    { name: 'login-attempts-deleted', run: () => deleteOldAttempts(db.prisma, clock.now()) },
    { name: 'idempotency-keys-deleted', run: () => deleteOldKeys(db.prisma, clock.now()) },
  ];
}

/** What cannot wait for the hour. */
export function minuteSweepsOf(deps: DeliverDeps, imports: ImportDeps, files: ReadFileDeps): Sweep[] {
  return [
    { name: 'deliveries-unanswered', run: () => tellUnanswered(deps) },
    { name: 'deliveries-prepared', run: () => prepareAllDeliveries(files) },
    { name: 'files-read', run: () => readDueFiles(files) },
    { name: 'deadline-notices', run: () => raiseNotices(deps) },
    { name: 'alerts-kept', run: () => keepAlerts(deps) },
    { name: 'refusals-put-right', run: () => recheckEntries(deps) },
    // The last one: a large feed takes its time.
    { name: 'imports-resumed', run: () => resumeImports(imports) },
  ];
}

/** What is done with every beat. */
export function beatSweepsOf(deps: WakeDeps & { sealer: Sealer }): Sweep[] {
  const { db, sealer } = deps;
  return [
    { name: 'events-numbered', run: async () => (await numberChanges(db, eventLog)) ?? 0 },
    { name: 'webhooks-woken', run: () => wakeWebhooks(deps) },
    { name: 'audit-sealed', run: () => sealAudit({ db, sealer }) },
  ];
}
