import { systemActor } from '../companies/actor.js';
import { recordEvents, type NewEvent } from '../documents/document-store.js';
import { MINUTE_MS, type Clock } from '../kernel/time.js';
import type { Database, Tx } from '../store/database.js';
import type { FoundAlert } from './alert-kinds.js';
import {
  alertsToKeep,
  beginAlert,
  closeAlert,
  endAlert,
  goOn,
  lockAlerts,
  noteBegin,
  noteEnd,
  type Alert,
} from './alert-store.js';
import { findAlerts } from './find-alerts.js';

/** What comes and goes is one alert: only what was away for so long has ended. */
const SETTLED_MS = 10 * MINUTE_MS;
const BY = systemActor('alerts-kept', 'sweep');

/**
 * Compares what is wrong with what was wrong: one alert per kind and cause while it lasts, however often it is found. Its beginning
 * and its end are events, which webhooks carry, and a notice for each recipient.
 * @returns how many have begun or ended
 */
export async function keepAlerts({ db, clock }: { db: Database; clock: Clock }): Promise<number> {
  const now = clock.now();
  const found = await findAlerts(db.prisma, now);
  return db.transaction(async (tx) => {
    if (!(await lockAlerts(tx))) return 0;
    const known = new Map((await alertsToKeep(tx)).map((alert) => [nameOf(alert), alert]));
    let changes = 0;
    for (const one of found) {
      const alert = known.get(nameOf(one));
      known.delete(nameOf(one));
      if (!alert) changes += await begin(tx, one, now);
      else if (isOther(alert, one)) await goOn(tx, alert.id, one);
    }
    for (const alert of known.values()) changes += await leave(tx, alert, now);
    return changes;
  });
}

async function begin(tx: Tx, found: FoundAlert, now: Date): Promise<number> {
  const alert = await beginAlert(tx, found, now);
  await noteBegin(tx, alert, now);
  await recordEvents(tx, BY, [eventOf(alert, 'alert-raised', found.title)]);
  return 1;
}

/** It is not there any more: the first time that is only noted. */
async function leave(tx: Tx, alert: Alert, now: Date): Promise<number> {
  if (alert.endedAt === null) {
    await endAlert(tx, alert.id, now);
    return 0;
  }
  if (now.getTime() - alert.endedAt.getTime() < SETTLED_MS) return 0;
  await closeAlert(tx, alert.id);
  await noteEnd(tx, alert, now);
  await recordEvents(tx, BY, [eventOf(alert, 'alert-ended', `Over: ${alert.title}`)]);
  return 1;
}

function eventOf(alert: Alert, event: 'alert-raised' | 'alert-ended', summary: string): NewEvent {
  const { id, companyId, connectionId, kind, next } = alert;
  return {
    companyId,
    ...(connectionId === null ? {} : { connectionId }),
    event,
    summary,
    ...(event === 'alert-raised' ? { details: next } : {}),
    additional: { alert: id, kind },
  };
}

function isOther(alert: Alert, found: FoundAlert): boolean {
  return alert.endedAt !== null || alert.count !== found.count || alert.title !== found.title;
}

function nameOf({ companyId, kind, cause }: Pick<FoundAlert, 'companyId' | 'kind' | 'cause'>): string {
  return JSON.stringify([companyId, kind, cause]);
}
