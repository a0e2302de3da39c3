/**
 * Characters without a shape: spaces of no width, marks of direction, joiners. They come with texts that were copied from
 * web pages and chats, and two texts that differ in nothing else are one to whoever reads them.
 */
const INVISIBLE = /\p{Cf}/gu;
/** Blanks of all widths. */
const BLANKS = /\p{Zs}/gu;
/** `="000123"`: how spreadsheets are kept from reading a text as a number. */
const FORMULA_OF_TEXT = /^="((?:[^"]|"")*)"$/;
/** `'000123`: the same by an apostrophe, which only the spreadsheet hides. */
const APOSTROPHE = /^'(?=[\d+\-=@])/;

const PLAIN = /^[!-~](?:[ -~]*[!-~])?$/;

/**
 * A cell, or another text that may come out of a spreadsheet, as its reader means it: without blanks around it, without the guards by which spreadsheets keep texts as texts,
 * without characters that cannot be seen, and with accents as one character each (NFC), as systems write them that compose.
 */
export function cleanText(cell: string): string {
  const text = PLAIN.test(cell) ? cell : visible(cell);
  const first = text.charCodeAt(0);
  if (first !== EQUALS && first !== QUOTE) return text;
  const guarded = FORMULA_OF_TEXT.exec(text);
  return guarded ? visible(guarded[1]!.replaceAll('""', '"')) : text.replace(APOSTROPHE, '');
}

const EQUALS = '='.charCodeAt(0);
const QUOTE = "'".charCodeAt(0);

function visible(cell: string): string {
  return cell.replaceAll(INVISIBLE, '').replaceAll(BLANKS, ' ').trim().normalize('NFC');
}
