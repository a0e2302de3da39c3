import { recordEvents, type NewEvent } from '../../documents/document-store.js';
import type { ImportRecord } from './import.js';
import { findUnfollowedMatches, lockUnannounced, markAnnounced } from './import-store.js';
import type { InventoryDeps } from '../inventory-deps.js';
import { followMatches } from '../matching/late-sku-matches.js';

const BATCH = 100;

/**
 * Writes the events of imports that have none yet, and lets orders follow new matches. Rows are written on a connection of their own, so events cannot be in
 * that transaction; this runs right after it and, should the process have died in between, in the next sweep.
 * @returns how many
 */
export async function announceImports(
  deps: Pick<InventoryDeps, 'db' | 'clock' | 'wakeFlow'>,
): Promise<number> {
  const { db, clock } = deps;
  for (const connection of await findUnfollowedMatches(db.prisma)) await followMatches(deps, connection);
  return db.transaction(async (tx) => {
    const records = await lockUnannounced(tx, BATCH);
    if (records.length === 0) return 0;
    await recordEvents(tx, records.flatMap(eventsOf));
    await markAnnounced(
      tx,
      records.map(({ id }) => id),
      clock.now(),
    );
    return records.length;
  });
}

/** Logicbroker: "Inventory Imported" and "Inventory Import Error". A dry run is nobody's news. */
function eventsOf(record: ImportRecord): NewEvent[] {
  const { id, companyId, connectionId, kind, state, counts, reason } = record;
  const subject = { companyId, connectionId, additional: { importId: id, counts } };
  const file = kind === 'feed' ? 'Inventory feed' : 'Matching file';
  const { rows = 0, added = 0, changed = 0, errors = 0, warned = 0, overridden = 0 } = counts;
  if (errors > 0 && errors === rows && (state === 'refused' || state === 'applied')) {
    const summary = `${file} ${id}: nothing was taken, all ${rows} rows are bad`;
    return [{ ...subject, event: 'inventory-nothing-taken', summary, details: reportOf(id) }];
  }
  switch (state) {
    case 'refused':
      return [
        {
          ...subject,
          event: 'inventory-import-error',
          summary: `${file} ${id} was refused`,
          details: reason ?? '',
        },
      ];
    case 'held':
      return [
        {
          ...subject,
          event: 'inventory-held',
          summary: `${file} ${id} waits to be confirmed or refused`,
          details: reason ?? '',
        },
      ];
    case 'applied': {
      const summary = `${file} ${id}: ${rows} rows, ${added} new, ${changed} changed, ${errors} with errors`;
      const facts = [overridden > 0 ? `${overridden} overridden by later rows` : '', late(record)];
      const taken: NewEvent = {
        ...subject,
        event: 'inventory-imported',
        summary: [summary, ...facts.filter((fact) => fact !== '')].join(', '),
      };
      const lost = [
        errors > 0 ? `${errors} rows were not taken` : '',
        warned > 0 ? `of ${warned} rows a value was not taken as it stands there` : '',
      ].filter((fact) => fact !== '');
      if (lost.length === 0) return [taken];
      const summaryOfLost = `${file} ${id}: ${lost.join('; ')}`;
      return [
        taken,
        { ...subject, event: 'inventory-import-error', summary: summaryOfLost, details: reportOf(id) },
      ];
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
