import { posix } from 'node:path';
import type { Entry, ZipFile } from 'yauzl';
import { AppError, messageOf } from '../kernel/errors.js';
import { createStringTable, type StringTable } from './string-table.js';
import { LONGEST_ROW, readAll, type TableHandlers } from './table.js';
import { createXmlReader, type XmlHandlers, type XmlReader } from './xml-reader.js';
import { notAWorkbook, refused } from './workbook-refusal.js';
import { sheetHandlers } from './xlsx-sheet.js';
import { createStylesReader, type NumberStyles } from './xlsx-styles.js';
import { listEntries, openEntry, openZip, RangeReader, type ByteRanges } from './zip-file.js';

/** A workbook is a zip: these keep a small file from becoming a huge one in memory or in time. */
const LARGEST_SHEET_BYTES = 1_073_741_824;
const LARGEST_PART_BYTES = 1_048_576;
const LARGEST_STYLES_BYTES = 16_777_216;
const LARGEST_STRINGS_BYTES = 67_108_864;
const MOST_STRINGS = 4_000_000;
const MOST_SHEETS = 200;
const SHOWN_SHEETS = 10;
const LONGEST_SHEET_NAME = 60;

/** A sheet of a workbook, in its order. */
interface Sheet {
  name: string;
  entry: Entry;
}

/**
 * Reads the sheet of an XLSX workbook that has the table, row by row: sheet after sheet until the taker of the rows has found
 * it, those first that can be seen. Only the table of shared texts is held in memory. After each piece it yields, so that the
 * taker of the rows can let other work take its turn.
 *
 * Numbers are read as what they are, not as they look, and dates in ISO 8601; where the sheet shows another text, the row says so
 * (RowDoubts). A formula counts as its last result.
 * @param remark told which sheets were not read
 * @throws AppError invalid-document when it is no such workbook, breaks off, or is too large once unpacked
 */
export async function* readXlsx(
  file: ByteRanges,
  handlers: TableHandlers,
  remark: (text: string) => void = () => undefined,
): AsyncGenerator<void> {
  const reader = new RangeReader(file);
  try {
    const zip = await openZip(reader, file.bytes);
    const entries = await listEntries(zip);
    const { sheets, from1904 } = await findSheets(zip, entries);
    const strings = await readSharedStrings(zip, entries.get('xl/sharedstrings.xml'));
    const styles = await readStyles(zip, entries.get('xl/styles.xml'), from1904);
    for (const [index, { entry, name }] of sheets.entries()) {
      handlers.sheet?.(index === sheets.length - 1);
      const parts = pieces(
        zip,
        entry,
        LARGEST_SHEET_BYTES,
        createXmlReader(sheetHandlers(strings, styles, handlers)),
      );
      for await (const part of parts) {
        yield part;
        if (handlers.tableState?.() === 'failed') break;
      }
      if ((handlers.tableState?.() ?? 'found') !== 'found') continue;
      const others = sheets.filter((other) => other.name !== name).map((other) => other.name);
      if (others.length > 0) remark(textOfOthers(name, others));
      return;
    }
  } catch (error) {
    // Bytes that could not be had are no fault of the workbook.
    throw reader.failure ?? error;
  }
}

function textOfOthers(name: string, others: readonly string[]): string {
  const shown = others.slice(0, SHOWN_SHEETS).join(', ');
  const rest = others.length > SHOWN_SHEETS ? ` and ${others.length - SHOWN_SHEETS} more` : '';
  return `Only the sheet ${name} was read, and not ${shown}${rest}`;
}

/** The sheets as the workbook lists them, which need not be sheet1.xml; hidden ones behind the others. */
async function findSheets(
  zip: ZipFile,
  entries: Map<string, Entry>,
): Promise<{ sheets: Sheet[]; from1904: boolean }> {
  const listed: { name: string; relation: string; isHidden: boolean }[] = [];
  let from1904 = false;
  await parsePart(zip, entries.get('xl/workbook.xml'), (name, attributes) => {
    if (name === 'workbookPr') from1904 = /^(1|true)$/i.test(attributes['date1904'] ?? '');
    if (name !== 'sheet' || listed.length >= MOST_SHEETS) return;
    const relation = Object.entries(attributes).find(([key]) => /(^|:)id$/.test(key))?.[1] ?? '';
    const title = printable(attributes['name'] ?? '');
    listed.push({ name: title, relation, isHidden: /hidden/i.test(attributes['state'] ?? '') });
  });
  const targets = new Map<string, string>();
  await parsePart(zip, entries.get('xl/_rels/workbook.xml.rels'), (name, attributes) => {
    if (name === 'Relationship') targets.set(attributes['Id'] ?? '', attributes['Target'] ?? '');
  });
  const sheets = listed.flatMap(({ name, relation, isHidden }, index) => {
    const target = targets.get(relation) ?? (index === 0 ? 'worksheets/sheet1.xml' : '');
    const path = target.startsWith('/') ? target.slice(1) : posix.join('xl', target);
    const entry = entries.get(path.toLowerCase());
    return entry && target !== '' ? [{ name, entry, isHidden }] : [];
  });
  if (sheets.length === 0) throw notAWorkbook();
  return {
    sheets: [...sheets.filter((one) => !one.isHidden), ...sheets.filter((one) => one.isHidden)],
    from1904,
  };
}

function printable(name: string): string {
  return name.replaceAll(/[\p{Cc}\p{Surrogate}]/gu, '').slice(0, LONGEST_SHEET_NAME);
}

async function readStyles(zip: ZipFile, entry: Entry | undefined, from1904: boolean): Promise<NumberStyles> {
  const reader = createStylesReader();
  if (entry) await readAll(pieces(zip, entry, LARGEST_STYLES_BYTES, createXmlReader(reader.handlers)));
  return reader.styles(from1904);
}

async function parsePart(
  zip: ZipFile,
  entry: Entry | undefined,
  opened: XmlHandlers['opened'],
): Promise<void> {
  if (!entry) throw notAWorkbook();
  await readAll(pieces(zip, entry, LARGEST_PART_BYTES, createXmlReader({ opened })));
}

async function readSharedStrings(zip: ZipFile, entry: Entry | undefined): Promise<StringTable> {
  const strings = createStringTable(LONGEST_ROW);
  if (!entry) return strings;
  let text = '';
  let isText = false;
  let phonetic = 0;
  const reader = createXmlReader({
    opened(name) {
      if (name === 'si') text = '';
      if (name === 'rPh') phonetic += 1;
      isText = name === 't' && phonetic === 0;
    },
    text(part) {
      if (isText && text.length <= LONGEST_ROW) text += part;
    },
    closed(name) {
      isText = false;
      if (name === 'rPh') phonetic -= 1;
      if (name !== 'si') return;
      if (strings.size >= MOST_STRINGS) throw refused(`The workbook has more than ${MOST_STRINGS} texts.`);
      strings.add(text);
    },
  });
  await readAll(pieces(zip, entry, LARGEST_STRINGS_BYTES, reader));
  return strings;
}

async function* pieces(zip: ZipFile, entry: Entry, limit: number, reader: XmlReader): AsyncGenerator<void> {
  // The declared size is what yauzl holds the unpacked bytes against.
  if (entry.uncompressedSize > limit) throw refused('The workbook is too large once unpacked.');
  const stream = await openEntry(zip, entry);
  stream.setEncoding('utf8');
  try {
    for await (const piece of stream) {
      reader.write(piece as string);
      yield;
    }
    reader.close();
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw notAWorkbook(messageOf(error));
  } finally {
    stream.destroy();
  }
}
