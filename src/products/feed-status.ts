import { toIsoSeconds } from '../kernel/time.js';
import type { FindingGroup } from '../imports/finding-groups.js';
import type { ImportRecord } from '../imports/import.js';
import type { Tx } from '../store/database.js';
import { countFeed, countFindings, type FindingCount } from './count-findings.js';

/** What became of a product feed, with what was said of its rows and what the checks say of its products, by kind. */
export async function feedStatus(
  tx: Tx,
  record: ImportRecord,
  partnerId: number,
): Promise<Record<string, unknown>> {
  const { id: feed, connectionId, counts, state } = record;
  const filter = { connectionId, feed };
  const { products, compliant, asked } = await countFeed(tx, filter);
  const findings = await countFindings(tx, filter);
  return {
    FeedId: feed,
    PartnerId: partnerId,
    Status: STATUSES[state] ?? 'Complete',
    State: state,
    Reason: record.reason ?? undefined,
    Products: products,
    Compliant: compliant,
    NotCompliant: products - compliant,
    Asked: asked,
    Counts: Object.fromEntries(
      Object.entries(counts).map(([name, count]) => [`${name[0]!.toUpperCase()}${name.slice(1)}`, count]),
    ),
    Warnings: record.warnings,
    Findings: [
      ...record.groups.filter(isOfRow).map((group) => ofRows(group)),
      ...findings.map(ofProducts),
    ].toSorted((a, b) => a.Level.localeCompare(b.Level) || b.Count - a.Count),
    ReceivedAt: toIsoSeconds(record.receivedAt),
  };
}

const STATUSES: Readonly<Record<string, string>> = {
  receiving: 'Pending',
  received: 'Pending',
  held: 'Pending',
  refused: 'Failed',
};

/** What a later row says anew is no fault of anybody. */
function isOfRow({ level }: FindingGroup): boolean {
  return level !== 'overridden';
}

/** Of rows of which nothing became a product. */
function ofRows({ level, column, message, next, count, firstRow }: FindingGroup) {
  return {
    Rule: 'row',
    Level: level as string,
    Message: message,
    Next: next ?? '',
    Column: column ?? undefined,
    Count: count,
    Products: 0,
    Rows: [firstRow],
  };
}

function ofProducts({ rule, level, message, next, field, count, products, rows }: FindingCount) {
  return {
    Rule: rule,
    Level: level,
    Message: message,
    Next: next,
    Column: field ?? undefined,
    Count: count,
    Products: products,
    Rows: rows,
  };
}
