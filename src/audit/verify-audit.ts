import { timingSafeEqual } from 'node:crypto';
import type { Tx } from '../store/database.js';
import type { Sealer } from '../store/secrets.js';
import { digestOf } from './audit.js';
import { findAuditKey, linkOf } from './audit-chain.js';
import { readAudit, type AuditRow } from './read-audit.js';

/** What a check of the whole trail has found. */
interface AuditVerdict {
  /** Rows that were looked at. */
  rows: number;
  /** Rows whose values were wiped; the chain holds without them. */
  wiped: number;
  /** Rows that have no link yet: a worker gives it within a beat. */
  unsealed: number;
  /** The end of the chain, `position:link`; null for a trail that nothing was sealed in yet. */
  head: string | null;
  /** What is wrong, in words; at most `MOST_FINDINGS`. */
  findings: string[];
}

const MOST_FINDINGS = 100;

/**
 * Walks through the whole trail and finds rows that were changed, removed, put in or moved, wherever they stand.
 * @param told ends of the chain that a log has, as `position:link`: with one of them also a trail is found whose end was cut off
 *   together with the row of its head
 * @throws AppError configuration-invalid when the key of the chain cannot be opened
 */
export async function verifyAudit(
  { tx, sealer }: { tx: Tx; sealer: Sealer },
  told: readonly string[] = [],
): Promise<AuditVerdict> {
  const key = await findAuditKey(tx, sealer);
  const head = await headOf(tx);
  const numbered = await numberedTo(tx);
  const verdict: AuditVerdict = { rows: 0, wiped: 0, unsealed: 0, head: null, findings: [] };
  const find = (finding: string): void => {
    if (verdict.findings.length < MOST_FINDINGS) verdict.findings.push(finding);
  };
  if (!head) find('The row of the head is gone from audit_heads.');
  else if (head.position > 0n) verdict.head = `${head.position}:${head.mac}`;
  if (!key && head && head.position > 0n) {
    find('The key of the chain is gone from audit_keys: nothing can be checked.');
    return verdict;
  }
  const expected = new Map(told.map((text) => splitHead(text)));
  let before: { position: bigint; mac: string } | null = { position: 0n, mac: '' };
  let lastPosition = 0n;
  for await (const page of readAudit(tx)) {
    for (const row of page) {
      verdict.rows += 1;
      const position = BigInt(row.position);
      if (position > lastPosition + 1n) find(missing(lastPosition + 1n, position - 1n));
      if (position <= lastPosition) find(`Position ${position} is there more than once: a row was put in.`);
      if (row.salt === null) verdict.wiped += 1;
      const problem = valueProblem(row);
      if (problem) find(`Row ${position}: ${problem}.`);
      if (row.mac === null) {
        if (head && position <= head.position) find(`Row ${position} has no link: it was put in or changed.`);
        else verdict.unsealed += 1;
      } else if (key && before?.position === position - 1n) {
        if (!same(row.mac, linkOf(key, before.mac, row)))
          find(`Row ${position} does not fit its link: it was changed, put in or moved.`);
      }
      const wanted = expected.get(position);
      if (wanted !== undefined && wanted !== row.mac)
        find(`Row ${position} is not the one that the log tells of.`);
      expected.delete(position);
      // Behind a hole the link before is not known; from the next row on it is.
      before = row.mac === null ? null : { position, mac: row.mac };
      lastPosition = position > lastPosition ? position : lastPosition;
    }
  }
  if (head && before && before.position === head.position && before.mac !== head.mac)
    find('The last link is not that of the head.');
  const headPosition = head?.position ?? 0n;
  const furthest = headPosition > numbered ? headPosition : numbered;
  if (lastPosition < furthest) find(missing(lastPosition + 1n, furthest));
  // Asked again: the program goes on while this reads.
  if (lastPosition > (await numberedTo(tx)))
    find(`Row ${lastPosition} is behind the last position that was given: it was put in.`);
  for (const position of expected.keys())
    find(`The log tells of row ${position}, which is not there: the end was cut off.`);
  verdict.unsealed += await countUnnumbered(tx);
  return verdict;
}

/** The values against their digest; wiped ones have none left to compare. */
function valueProblem(row: AuditRow): string | null {
  const { salt, actorName, actorFrom, before, after } = row;
  if (salt === null) {
    const isEmpty = [actorName, actorFrom, before, after].every((value) => value === null);
    return isEmpty ? null : 'it was wiped and has values';
  }
  return digestOf(salt, row) === row.digest ? null : 'its values were changed';
}

function missing(from: bigint, to: bigint): string {
  return from === to ? `Row ${from} was removed.` : `Rows ${from} to ${to} were removed.`;
}

function splitHead(text: string): [bigint, string] {
  const [position = '', mac = ''] = text.split(':');
  return [/^\d{1,18}$/.test(position) ? BigInt(position) : -1n, mac];
}

function same(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

async function headOf(tx: Tx): Promise<{ position: bigint; mac: string } | null> {
  const [row] = await tx.$queryRaw<{ position: bigint; mac: string }[]>`
    SELECT position, mac FROM audit_heads WHERE id = 1`;
  return row ?? null;
}

async function numberedTo(tx: Tx): Promise<bigint> {
  const [row] = await tx.$queryRaw<{ position: bigint }[]>`
    SELECT position FROM change_heads WHERE log = 'audit_entries'`;
  return row?.position ?? 0n;
}

async function countUnnumbered(tx: Tx): Promise<number> {
  const [row] = await tx.$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS count FROM audit_entries WHERE position IS NULL`;
  return row?.count ?? 0;
}
