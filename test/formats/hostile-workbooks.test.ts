import { strToU8, zipSync, type Zippable } from 'fflate';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import t from 'tap';
import { readWorkbook, type Outcome } from './read-workbook.js';

const MOST_EXTRA_MB = 200;
const MB = 1_048_576;

const folder = await mkdtemp(join(tmpdir(), 'workbooks-'));
t.teardown(() => rm(folder, { recursive: true, force: true }));
const script = fileURLToPath(new URL('./workbook-process.js', import.meta.url));

type Parts = Record<string, Uint8Array | string>;

async function write(parts: Parts): Promise<string> {
  const files: Zippable = {
    'xl/workbook.xml': strToU8('<workbook xmlns:r="r"><sheets><sheet r:id="rId7"/></sheets></workbook>'),
    'xl/_rels/workbook.xml.rels': strToU8(
      '<Relationships><Relationship Id="rId7" Target="worksheets/stock.xml"/></Relationships>',
    ),
  };
  for (const [name, part] of Object.entries(parts))
    files[name] = [typeof part === 'string' ? strToU8(part) : part, { level: 1 }];
  const path = join(folder, 'workbook.xlsx');
  await writeFile(path, zipSync(files));
  return path;
}

/** Reads the workbook in a process of its own, with the flags of the service. */
async function readElsewhere(parts: Parts): Promise<Outcome & { extraMb: number }> {
  const flags = ['--max-semi-space-size=4', '--max-old-space-size=400'];
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, script, await write(parts)]);
  return JSON.parse(stdout) as Outcome & { extraMb: number };
}

/** Reads the workbook right here: it is a small one. */
async function read(parts: Parts): Promise<Outcome> {
  return readWorkbook(await write(parts));
}

const STOCK = 'xl/worksheets/stock.xml';
const STRINGS = 'xl/sharedStrings.xml';

/** `start`, then `pump` up to the length, then `end`. */
function filled(length: number, pump: string, start = '', end = ''): Uint8Array {
  return Buffer.concat([Buffer.from(start), Buffer.alloc(length, pump), Buffer.from(end)]);
}

const sheetOf = (rows: string) => `<worksheet><sheetData>${rows}</sheetData></worksheet>`;
const row = (number: number | string, cells = '<c><v>1</v></c>') => `<row r="${number}">${cells}</row>`;

await t.test('a workbook that would fill memory or time is refused, and takes little before', async (t) => {
  const sheet = (part: Uint8Array | string) => ({ [STOCK]: part });
  const texts = (part: Uint8Array) => ({ [STOCK]: sheetOf(row(1)), [STRINGS]: part });
  const bombs: Record<string, Parts> = {
    'tags without end': sheet(filled(36 * MB, '<a>')),
    'tags without end, in the texts': texts(filled(36 * MB, '<a>')),
    'tags without end, in the list of sheets': { 'xl/workbook.xml': filled(MB - 1_000, '<a>') },
    'one text': sheet(filled(80 * MB, 'x', '<worksheet><sheetData><row r="1"><c><v>')),
    'one comment': sheet(filled(80 * MB, 'x', '<worksheet><!--')),
    'one name': sheet(filled(80 * MB, 'x', '<')),
    'one attribute': sheet(filled(80 * MB, 'x', '<worksheet a="')),
    'attributes without end': sheet(filled(80 * MB, ' ', '<worksheet')),
    'texts without end': texts(filled(60 * MB, '<si/>', '<sst>', '</sst>')),
  };
  for (const [name, parts] of Object.entries(bombs)) {
    const { refused, failed, extraMb } = await readElsewhere(parts);
    t.equal(failed, null, name);
    t.match(refused, /workbook|sheet/, `${name} is refused`);
    t.ok(extraMb < MOST_EXTRA_MB, `${name}: ${extraMb} MB`);
  }
});

await t.test('a sheet that no spreadsheet has is refused', async (t) => {
  const sheet = (part: Uint8Array | string) => ({ [STOCK]: part });
  const attributes = Array.from({ length: 200 }, (_, index) => `a${index}="1"`).join(' ');
  const bad: Record<string, Parts> = {
    'many attributes': sheet(sheetOf(row(1, `<c ${attributes}><v>1</v></c>`))),
    'rows far out': sheet(sheetOf(row('1e308'))),
    'a row below the first': sheet(sheetOf(row(-1))),
    'a row that is no number': sheet(sheetOf(row('NaN'))),
    'a row in the middle of two': sheet(sheetOf(row(1.5))),
    'a row after the last': sheet(sheetOf(row(1_048_577))),
    'cells without end': sheet(filled(MB, '<c/>', '<worksheet><sheetData><row r="1">', '')),
    'rows that are filled up': sheet(
      filled(4 * MB, '<row><c r="ALK1"><v>1</v></c></row>'.padEnd(64), '<worksheet><sheetData>'),
    ),
  };
  for (const [name, parts] of Object.entries(bad)) {
    const { refused, failed } = await read(parts);
    t.equal(failed, null, name);
    t.match(refused, /workbook|sheet/, `${name} is refused`);
  }
});

await t.test('a large workbook that is honest is read within the same memory', async (t) => {
  const lines = (count: number) =>
    Array.from({ length: count }, (_, at) =>
      row(at + 1, `<c t="s"><v>${at}</v></c><c><v>${at}</v></c>`),
    ).join('');
  const count = 60_000;
  const names = Array.from({ length: count }, (_, at) => `<si><t>SKU-\u20ac-${at}</t></si>`).join('');
  const { rows, refused, extraMb } = await readElsewhere({
    [STOCK]: sheetOf(lines(count)),
    [STRINGS]: `<sst>${names}${'<si><t>a longer text that nobody refers to</t></si>'.repeat(300_000)}</sst>`,
  });
  t.equal(refused, null);
  t.equal(rows, count);
  t.ok(extraMb < MOST_EXTRA_MB, `${extraMb} MB`);
});

await t.test('a part that breaks off is refused, wherever it does', async (t) => {
  const whole = sheetOf(row(1) + row(2) + row(3));
  t.match(await read({ [STOCK]: whole }), { rows: 3, refused: null });
  for (let length = whole.length - 1; length > 0; length -= 23) {
    const { refused, failed } = await read({ [STOCK]: whole.slice(0, length) });
    t.equal(failed, null);
    t.match(refused, /cannot be read as an XLSX/, whole.slice(0, length));
  }
  t.match((await read({ [STOCK]: whole, [STRINGS]: '<sst><si><t>a' })).refused, /cannot be read/);
  t.match((await read({ [STOCK]: '' })).refused, /cannot be read/);
});
