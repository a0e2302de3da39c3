import { systemActor } from '../companies/actor.js';
import { recordEvents, type NewEvent } from '../documents/document-store.js';
import type { FeedKind } from './feed-kind.js';
import type { ImportRecord } from './import.js';
import { findUnfollowed, lockUnannounced, markAnnounced } from './find-imports.js';
import type { ImportDeps } from './import-deps.js';

const BATCH = 100;

/** Stands in the history where a former version has kept nobody. */
const PROGRAM = systemActor('imports-announced', 'sweep');

/**
 * Draws the consequences of imports that have none yet, and writes their events. Rows are written on a connection of their
 * own, so events cannot be in that transaction; this runs right after it and, should the process have died in between, in the
 * next sweep. Whichever does it, the history names the actor who brought the file or has decided on it.
 * @param ids left out: all that nobody has announced
 * @returns how many
 */
export async function announceImports(
  { db, clock, feedKinds }: Pick<ImportDeps, 'db' | 'clock' | 'feedKinds'>,
  ids?: readonly number[],
): Promise<number> {
  for (const kind of feedKinds) {
    if (!kind.follow) continue;
    const connections = await findUnfollowed(db.prisma, { kind: kind.code, ids });
    for (const { by, ...which } of connections) await kind.follow({ ...which, by: by ?? PROGRAM });
  }
  const kinds = new Map(feedKinds.map((kind) => [kind.code, kind]));
  return db.transaction(async (tx) => {
    const records = await lockUnannounced(tx, { kinds: [...kinds.keys()], ids, limit: BATCH });
    if (records.length === 0) return 0;
    for (const record of records)
      await recordEvents(tx, record.by ?? PROGRAM, eventsOf(record, kinds.get(record.kind)!));
    await markAnnounced(
      tx,
      records.map(({ id }) => id),
      clock.now(),
    );
    return records.length;
  });
}

/** Logicbroker: "Inventory Imported" and "Inventory Import Error". Nothing is told of a dry run. */
function eventsOf(record: ImportRecord, { label, events }: FeedKind): NewEvent[] {
  const { id, companyId, connectionId, state, counts, reason } = record;
  const subject = { companyId, connectionId, additional: { importId: id, counts } };
  const { rows = 0, added = 0, changed = 0, errors = 0, warned = 0, overridden = 0, leftOut = 0 } = counts;
  if (errors > 0 && errors === rows && (state === 'refused' || state === 'applied')) {
    const summary = `${label} ${id}: nothing was taken, all ${rows} rows are bad`;
    return [{ ...subject, event: events.nothingTaken, summary, details: reportOf(id) }];
  }
  switch (state) {
    case 'refused':
      return [
        {
          ...subject,
          event: events.failed,
          summary: `${label} ${id} was refused`,
          details: reason ?? '',
        },
      ];
    case 'held':
      return [
        {
          ...subject,
          event: events.held,
          summary: `${label} ${id} waits to be confirmed or refused`,
          details: reason ?? '',
        },
      ];
    case 'applied': {
      const summary = `${label} ${id}: ${rows} rows, ${added} new, ${changed} changed, ${errors} with errors`;
      const facts = [
        leftOut > 0 ? `${leftOut} left out and set to 0` : '',
        overridden > 0 ? `${overridden} overridden by later rows` : '',
        late(record),
      ];
      const taken: NewEvent = {
        ...subject,
        event: events.taken,
        summary: [summary, ...facts.filter((fact) => fact !== '')].join(', '),
        // Of one that was held: that somebody has confirmed it.
        ...(reason === null ? {} : { details: reason }),
      };
      const lost = [
        errors > 0 ? `${errors} rows were not taken` : '',
        warned > 0 ? `of ${warned} rows a value was not taken as it stands there` : '',
      ].filter((fact) => fact !== '');
      if (lost.length === 0) return [taken];
      const summaryOfLost = `${label} ${id}: ${lost.join('; ')}`;
      return [taken, { ...subject, event: events.failed, summary: summaryOfLost, details: reportOf(id) }];
    }
    default:
      return [];
  }
}

function late({ counts: { superseded = 0 } }: ImportRecord): string {
  return superseded > 0 ? `${superseded} superseded by what arrived later` : '';
}

function reportOf(id: number): string {
  return `See GET Inventory/Imports/${id}/Errors.`;
}
