import type { Finding } from '../../imports/current-row.js';
import type { ProductFinding } from './product-finding.js';

const MOST_GROUPS = 200;
const MOST_ROWS_SHOWN = 20;

interface Group {
  Rule: string;
  Level: string;
  Message: string;
  Next: string;
  Column: string | undefined;
  Count: number;
  Products: number;
  Rows: number[];
}

/** Gathers findings of one kind: one line with a count instead of five thousand of the same. */
export function groupFindings() {
  const groups = new Map<string, Group>();

  function add(
    finding: {
      rule: string;
      level: string;
      message: string;
      next: string;
      field: string | null;
      row: number | null;
    },
    isFirstOfProduct: boolean,
  ): void {
    const { rule, level, message, next, field, row } = finding;
    const key = `${level} ${rule} ${field ?? ''}`;
    const group = groups.get(key) ?? {
      Rule: rule,
      Level: level,
      Message: message,
      Next: next,
      Column: field ?? undefined,
      Count: 0,
      Products: 0,
      Rows: [],
    };
    if (!groups.has(key)) {
      if (groups.size >= MOST_GROUPS) return;
      groups.set(key, group);
    }
    group.Count += 1;
    if (isFirstOfProduct) group.Products += 1;
    if (row !== null && group.Rows.length < MOST_ROWS_SHOWN && group.Rows.at(-1) !== row)
      group.Rows.push(row);
  }

  return {
    /** Those of one product. */
    add(findings: readonly ProductFinding[]): void {
      const seen = new Set<string>();
      for (const finding of findings) {
        const key = `${finding.level} ${finding.rule} ${finding.field ?? ''}`;
        add(finding, !seen.has(key));
        seen.add(key);
      }
    },
    /** Those about rows of the file, of which nothing became a product. */
    addRows(findings: readonly Finding[]): void {
      for (const { level, at, message, next } of findings) {
        if (level === 'overridden') continue;
        const field = at.column ?? null;
        add({ rule: 'row', level, message, next: next ?? '', field, row: at.row }, false);
      }
    },
    /** Errors first, the most frequent of each first. */
    list(): Group[] {
      return [...groups.values()].toSorted(
        (a, b) => a.Level.localeCompare(b.Level) || b.Count - a.Count || a.Rule.localeCompare(b.Rule),
      );
    },
  };
}
