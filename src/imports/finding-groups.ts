import type { Finding, FindingLevel } from './current-row.js';

/** Findings that say the same of the same column. */
export interface FindingGroup {
  level: FindingLevel;
  column: string | null;
  message: string;
  next: string | null;
  count: number;
  /** Of the first of them. */
  firstRow: number;
}

/** Messages with a value in them could be as many as there are rows. */
const MOST_GROUPS = 50;

/** Counts findings into the groups that there are, or begins new ones as long as there is room. */
export function addToGroups(groups: FindingGroup[], findings: readonly Finding[]): void {
  for (const { level, at, message, next } of findings) {
    const column = at.column ?? at.letter ?? null;
    const group = groups.find(
      (one) => one.message === message && one.column === column && one.level === level,
    );
    if (group) group.count += 1;
    else if (groups.length < MOST_GROUPS)
      groups.push({ level, column, message, next, count: 1, firstRow: at.row });
  }
}
