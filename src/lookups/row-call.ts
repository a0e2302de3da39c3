import { PARTNER_COLUMN, type carrierTable, type reasonTable } from './lookup-table.js';
import type { Meaning } from './find-spellings.js';

/** What a spelling is to mean in one shop. */
interface Teaching {
  spelling: string;
  /** Where nobody but the seller can know it, the marked place to fill in, such as `<name from the list>`. */
  meaning: string;
  partnerId: number;
}

type SpellingTable = typeof carrierTable | typeof reasonTable;

/** The call that teaches the service a spelling, with a body to be copied, for the error that does not know it. */
export function addingCall(table: SpellingTable, teaching: Teaching): string {
  return `POST ${rowsPath(table)} ${bodyText(table, teaching)}`;
}

/** The call that corrects a row, for the error about what the row says. */
export function correctingCall(table: SpellingTable, row: Meaning, teaching: Teaching): string {
  return `PUT ${rowsPath(table)}/${row.id} ${bodyText(table, teaching)}`;
}

function rowsPath({ name }: SpellingTable): string {
  return `/api/v3/Settings/CustomLookupTables/${name}/Lookups`;
}

function bodyText({ columns: [spelling, meaning] }: SpellingTable, teaching: Teaching): string {
  return JSON.stringify({
    Columns: [
      { Title: spelling.title, Value: teaching.spelling },
      { Title: meaning.title, Value: teaching.meaning },
      { Title: PARTNER_COLUMN, Value: String(teaching.partnerId) },
    ],
  });
}
