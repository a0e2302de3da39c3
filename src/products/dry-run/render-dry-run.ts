import { stringify } from 'csv-stringify/sync';
import { toIsoSeconds } from '../../kernel/time.js';
import type { DryRunLine, DryRunOutcome } from './dry-run.js';

/** UNCONFIRMED: TikTok's page of limits; writes of products and uploads of pictures, in a second. */
const WRITES_PER_SECOND = 1;
const UPLOADS_PER_SECOND = 2;

const OUTCOMES: Readonly<Record<DryRunOutcome, string>> = {
  created: 'Created',
  changed: 'Changed',
  untouched: 'Untouched',
  ended: 'Ended',
  blocked: 'Blocked',
  waits: 'Waits',
  unconfirmed: 'Unconfirmed',
  unclear: 'Unclear',
};
const COLUMNS = ['Product', 'Outcome', 'Sku', 'Column', 'From', 'To', 'Reason', 'Next'] as const;

/** What sending would change, with what it takes. */
export function renderDryRun(lines: readonly DryRunLine[], now: Date): Record<string, unknown> {
  const sent = lines.filter(({ outcome }) => ['created', 'changed', 'ended'].includes(outcome));
  const uploads = new Set(sent.flatMap((line) => line.uploads.map(({ url, useCase }) => `${useCase} ${url}`)))
    .size;
  const calls = sent.reduce((sum, line) => sum + line.calls, 0);
  const seconds = Math.ceil(calls / WRITES_PER_SECOND + uploads / UPLOADS_PER_SECOND);
  const counts = Object.entries(OUTCOMES).map(([outcome, name]) => [
    name,
    lines.filter((line) => line.outcome === outcome).length,
  ]);
  return {
    Summary: {
      ...Object.fromEntries(counts),
      ImagesToUpload: uploads,
      Calls: calls,
      // New listings count against the day's limit of the shop's tier; UNCONFIRMED: whether edits do.
      QuotaUsed: lines.filter(({ outcome }) => outcome === 'created').length,
      PlannedFinish: toIsoSeconds(new Date(now.getTime() + seconds * 1_000)),
    },
    Products: lines.map((line) => renderLine(line)),
  };
}

function renderLine({
  product,
  outcome,
  reason,
  next,
  tiktokProductId,
  candidates,
  changes,
  uploads,
  notes,
}: DryRunLine): object {
  return {
    ProductId: product.name,
    Outcome: OUTCOMES[outcome],
    Reason: reason ?? undefined,
    Next: next ?? undefined,
    TikTokProductId: tiktokProductId ?? undefined,
    Candidates: candidates.length === 0 ? undefined : candidates,
    Changes: changes.map(({ field, sku, from, to }) => ({
      Column: field,
      Sku: sku ?? undefined,
      From: from ?? undefined,
      To: to ?? undefined,
    })),
    ImagesToUpload: uploads.map(({ url, useCase }) => ({ Url: url, UseCase: useCase })),
    Notes: notes,
  };
}

/** A row for each difference, and one for each product without any; opens in a spreadsheet without running formulas. */
export function dryRunCsv(lines: readonly DryRunLine[]): string {
  const rows = lines.flatMap(({ product, outcome, reason, next, changes }) => {
    const head = { Product: product.name, Outcome: OUTCOMES[outcome], Reason: reason, Next: next };
    if (changes.length === 0) return [head];
    return changes.map(({ field, sku, from, to }) => ({
      ...head,
      Sku: sku,
      Column: field,
      From: from,
      To: to,
    }));
  });
  return stringify(rows, {
    header: true,
    columns: [...COLUMNS],
    escape_formulas: true,
    record_delimiter: '\r\n',
  });
}
