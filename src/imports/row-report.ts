import type { CurrentRow, Finding, ReportRow } from './current-row.js';
import { addToGroups, type FindingGroup } from './finding-groups.js';
import { MOST_FINDINGS } from './import.js';

const LONGEST_ROW_TEXT = 1_000;
const LONGEST_SKU_TEXT = 200;
/** Characters of rows that are kept with the findings of one file; what comes after has its SKU only. */
const MOST_ROW_TEXT = 2_000_000;

/** Gathers what is to be said about the rows of a file: the first findings whole, all of them in groups. */
interface RowReport {
  report: ReportRow;
  readonly errorCount: number;
  readonly warnedCount: number;
  findings: Finding[];
  groups: FindingGroup[];
}

/**
 * @param letters the file's header by the letter of the column, where a layout calls it otherwise
 * @param isTable false for a list of items, whose members have names and no order
 */
export function createRowReport(
  letters: () => ReadonlyMap<string, string> | null,
  isTable: () => boolean,
): RowReport {
  let room = MOST_ROW_TEXT;
  const state = { errorCount: 0, warnedCount: 0, findings: [] as Finding[], groups: [] as FindingGroup[] };

  function nameAsInFile(found: readonly Finding[]): void {
    const names = letters();
    if (!names) return;
    for (const { at } of found) if (at.letter !== undefined) at.column = names.get(at.letter) ?? '';
  }

  function keep(found: readonly Finding[], row: CurrentRow | undefined): void {
    const sku = row && skuOf(row);
    const text = row && room > 0 ? textOf(row) : null;
    room -= text?.length ?? 0;
    for (const finding of found) {
      if (state.findings.length >= MOST_FINDINGS) return;
      state.findings.push({ ...finding, ...(sku ? { sku } : {}), ...(text ? { rowText: text } : {}) });
    }
  }

  return {
    report(found, isTaken, row) {
      if (isTaken) state.warnedCount += 1;
      else state.errorCount += 1;
      nameAsInFile(found);
      if (!isTable()) for (const { at } of found) delete at.letter;
      if (state.findings.length < MOST_FINDINGS) keep(found, row);
      addToGroups(state.groups, found);
    },
    get errorCount() {
      return state.errorCount;
    },
    get warnedCount() {
      return state.warnedCount;
    },
    findings: state.findings,
    groups: state.groups,
  };
}

function skuOf({ fields, skuIndex, count }: CurrentRow): string | null {
  const sku = skuIndex < count ? printed(fields[skuIndex] ?? '').trim() : '';
  return sku === '' ? null : sku.slice(0, LONGEST_SKU_TEXT);
}

/** As a line of CSV, whatever the file was; of a row that could not be cut, the line itself. */
function textOf({ fields, count, line }: CurrentRow): string | null {
  if (line !== null) return printed(line).slice(0, LONGEST_ROW_TEXT);
  let text = '';
  for (let index = 0; index < count && text.length < LONGEST_ROW_TEXT; index++) {
    const cell = (fields[index] ?? '').slice(0, LONGEST_ROW_TEXT);
    text += `${index === 0 ? '' : ','}${/[",\n\r]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell}`;
  }
  return text === '' ? null : printed(text).slice(0, LONGEST_ROW_TEXT);
}

/** What no column of the store holds is left out; a row may have several lines. */
function printed(text: string): string {
  return text.replaceAll(/[\0\p{Surrogate}]/gu, '\ufffd');
}
