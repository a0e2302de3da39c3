import { crc32, deflateRawSync } from 'node:zlib';
import { columnLetter } from './column-letter.js';

/** A sheet of texts. Cells are written as texts, whatever stands in them: none is ever a formula. */
export interface TextSheet {
  name: string;
  rows: readonly (readonly string[])[];
  /** Cells that offer a list: of this column (from 0), below the header, the texts that stand there. */
  choices?: readonly { column: number; sheet: string; from: { column: number; rows: number } }[];
}

/** Rows below the header for which lists are offered. */
const OFFERED_ROWS = 5_000;
const LONGEST_CELL = 32_000;

const part = (number: number): string => `xl/worksheets/sheet${number}.xml`;

/** A workbook of texts as one file. @param sheets names of at most 31 letters, digits and blanks */
export function writeXlsx(sheets: readonly TextSheet[]): Buffer {
  const numbered = sheets.map((sheet, index) => ({ sheet, number: index + 1 }));
  return zip([
    [
      '[Content_Types].xml',
      `${HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="${SPREADSHEET}.sheet.main+xml"/>${numbered.map(({ number }) => `<Override PartName="/${part(number)}" ContentType="${SPREADSHEET}.worksheet+xml"/>`).join('')}</Types>`,
    ],
    [
      '_rels/.rels',
      `${HEAD}<Relationships xmlns="${PACKAGE}"><Relationship Id="rId1" Type="${OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    ],
    [
      'xl/workbook.xml',
      `${HEAD}<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><sheets>${numbered.map(({ sheet, number }) => `<sheet name="${escaped(sheet.name)}" sheetId="${number}" r:id="rId${number}"/>`).join('')}</sheets></workbook>`,
    ],
    [
      'xl/_rels/workbook.xml.rels',
      `${HEAD}<Relationships xmlns="${PACKAGE}">${numbered.map(({ number }) => `<Relationship Id="rId${number}" Type="${OFFICE}/worksheet" Target="worksheets/sheet${number}.xml"/>`).join('')}</Relationships>`,
    ],
    ...numbered.map(({ sheet, number }): [string, string] => [part(number), sheetText(sheet)]),
  ]);
}

const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006/relationships';
const SPREADSHEET = 'application/vnd.openxmlformats-officedocument.spreadsheetml';

function sheetText({ rows, choices = [] }: TextSheet): string {
  const data = rows.map((cells, row) => {
    const written = cells.map((cell, column) =>
      cell === ''
        ? ''
        : `<c r="${columnLetter(column)}${row + 1}" t="inlineStr"><is><t xml:space="preserve">${escaped(cell)}</t></is></c>`,
    );
    return `<row r="${row + 1}">${written.join('')}</row>`;
  });
  const offers = choices.map(({ column, sheet, from }) => {
    const letter = columnLetter(column);
    const list = `'${sheet}'!$${columnLetter(from.column)}$2:$${columnLetter(from.column)}$${from.rows + 1}`;
    // A list that warns, and lets other texts through: TikTok's lists are often open.
    return `<dataValidation type="list" allowBlank="1" showErrorMessage="1" errorStyle="warning" sqref="${letter}2:${letter}${OFFERED_ROWS}"><formula1>${escaped(list)}</formula1></dataValidation>`;
  });
  const validations =
    offers.length === 0
      ? ''
      : `<dataValidations count="${offers.length}">${offers.join('')}</dataValidations>`;
  return `${HEAD}<worksheet xmlns="${MAIN}"><sheetData>${data.join('')}</sheetData>${validations}</worksheet>`;
}

/** For XML 1.0, which has no place for most control characters. */
function escaped(text: string): string {
  return text
    .slice(0, LONGEST_CELL)
    .replaceAll(/\p{Surrogate}/gu, '\uFFFD')
    .replaceAll(/(?![\t\n\r])\p{Cc}|[\uFFFE\uFFFF]/gu, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** A zip of a few small parts: no sizes beyond 4 GB, no names but ASCII. Times are the format's earliest, so that the same is the same. */
function zip(parts: readonly (readonly [name: string, text: string])[]): Buffer {
  const bodies: Buffer[] = [];
  const entries: Buffer[] = [];
  let offset = 0;
  for (const [name, text] of parts) {
    const plain = Buffer.from(text);
    const packed = deflateRawSync(plain);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(8, 4);
    common.writeUInt16LE(0x21, 8);
    common.writeUInt32LE(crc32(plain), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(plain.length, 18);
    common.writeUInt16LE(name.length, 22);
    const head = Buffer.concat([signature(0x04034b50), common, Buffer.from(name)]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    entries.push(
      Buffer.concat([signature(0x02014b50), Buffer.from([20, 0]), common, tail, Buffer.from(name)]),
    );
    bodies.push(head, packed);
    offset += head.length + packed.length;
  }
  const directory = Buffer.concat(entries);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(parts.length, 4);
  end.writeUInt16LE(parts.length, 6);
  end.writeUInt32LE(directory.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...bodies, directory, signature(0x06054b50), end]);
}

function signature(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
