import { toIsoSeconds } from '../kernel/time.js';
import type { FeedKind } from './feed-kind.js';
import type { ImportRecord, ImportState } from './import.js';

/** Counts that every kind of feed has, in the order in which the API shows them. */
const COUNTS = [
  'rows',
  'errors',
  'warned',
  'overridden',
  'added',
  'changed',
  'unchanged',
  'superseded',
] as const;

/** The record of one file, as the API shows it. */
export function renderImport(
  record: ImportRecord,
  partnerId: number,
  { ownCounts }: Pick<FeedKind, 'ownCounts'> = { ownCounts: [] },
): object {
  const { counts, state } = record;
  const isRead = state !== 'receiving' && state !== 'received';
  return {
    ImportId: record.id,
    PartnerId: partnerId,
    Kind: record.kind,
    State: state,
    Reason: record.reason ?? undefined,
    Format: record.format ?? undefined,
    FileName: record.fileName ?? undefined,
    Sha256: record.sha256 ?? undefined,
    Bytes: record.bytes,
    DryRun: record.dryRun,
    Counts: Object.fromEntries(
      [...COUNTS, ...ownCounts].map((name) => [`${name[0]!.toUpperCase()}${name.slice(1)}`, counts[name]]),
    ),
    Complete: record.complete ?? undefined,
    Layout: record.layout ?? undefined,
    Warnings: record.warnings,
    Findings: record.groups.map(({ level, column, message, next, count, firstRow }) => ({
      Level: level,
      Column: column ?? undefined,
      Message: message,
      Next: next ?? undefined,
      Count: count,
      FirstRow: firstRow > 0 ? firstRow : undefined,
    })),
    ReceivedAt: toIsoSeconds(record.receivedAt),
    FinishedAt: isRead ? toIsoSeconds(record.finishedAt) : undefined,
  };
}

/** In the sentence; the record has all of them. */
const MOST_REMARKS = 5;

const DONE: Record<ImportState, string> = {
  receiving: 'is on the way',
  received: 'waits to be read',
  applied: 'was taken in',
  held: 'is held',
  tried: 'was tried and changed nothing',
  replaced: 'was replaced',
  refused: 'was refused',
};

/** What was done with one file, for people. */
export function sentenceOfImport(
  { id, state, counts, warnings, reason }: ImportRecord,
  { label }: Pick<FeedKind, 'label'>,
): string {
  const { rows = 0, added = 0, changed = 0, unchanged = 0, errors = 0 } = counts;
  const { warned = 0, overridden = 0, superseded = 0, unmatched = 0, leftOut = 0 } = counts;
  if (rows > 0 && errors === rows) {
    return `${label} ${id}: nothing ${state === 'tried' ? 'would be' : 'was'} taken, all ${rows} rows are bad.`;
  }
  const facts = [
    `${rows} rows, ${added} new, ${changed} changed, ${unchanged} unchanged, ${errors} with errors`,
    ...(warned > 0 ? [`${warned} taken but for a value`] : []),
    ...(leftOut > 0 ? [`${leftOut} left out and set to 0`] : []),
    ...(overridden > 0 ? [`${overridden} overridden by later rows`] : []),
    ...(unmatched > 0 ? [`${unmatched} items of the shop are not matched and not sent`] : []),
    ...(superseded > 0 ? [`${superseded} superseded by what arrived later`] : []),
  ].join(', ');
  const remarks = warnings.slice(0, MOST_REMARKS);
  return [`${label} ${id} ${DONE[state]}: ${facts}.`, ...remarks.map((text) => `${text}.`), reason ?? '']
    .join(' ')
    .trim();
}
