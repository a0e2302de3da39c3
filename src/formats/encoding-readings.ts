import type { TextEncoding } from './encoding-names.js';

/** How a text reads in one encoding. */
interface EncodingReading {
  encoding: TextEncoding;
  /** Its first lines with letters that are not ASCII. */
  sample: string;
}

/** In which texts of sellers are written that are neither UTF-8 nor Western European, in the order of how common they are. */
const CANDIDATES = [
  'windows-1252',
  'windows-1251',
  'gb18030',
  'shift_jis',
  'macintosh',
  'windows-1250',
  'big5',
  'euc-kr',
  'koi8-r',
  'utf-8',
] as const;
const MOST_READINGS = 6;
const SAMPLE_LINES = 3;
const SAMPLE_CHARACTERS = 80;
/** So many letters that stand where none would are chance. */
const TOLERATED = 0.15;

/** Windows-1252 has symbols where other encodings have letters: inside of words there are none but these. */
const IN_WORDS = /[\u2019\u2018'\u00b7\u2013\u2014\u00ad]/;
/** Letters by their place only, and accents without a letter. */
const NO_LETTER = /[\u0192\u02c6\u02dc\u00a8\u00b4\u00af\u00b8\u00aa\u00ba]/;

/** Whether lines of bytes that are not UTF-8 read as Western European words do. */
export function readsAsWestern(lines: readonly Uint8Array[]): boolean {
  if (lines.length === 0) return true;
  const text = decoded(lines, 'windows-1252') ?? '';
  // Five of its bytes are no character at all.
  return !/[\u0080-\u009f]/.test(text) && strangeness(text) <= TOLERATED;
}

/** How the lines read in each encoding in which they can be read, those with plausible words first. */
export function readingsOf(lines: readonly Uint8Array[]): EncodingReading[] {
  const readings = CANDIDATES.flatMap((encoding) => {
    const text = decoded(lines, encoding);
    if (text === null) return [];
    const sample = text
      .split('\n')
      .slice(0, SAMPLE_LINES)
      .map((line) => line.slice(0, SAMPLE_CHARACTERS))
      .join(' / ');
    return [{ encoding, sample, score: strangeness(text) }];
  });
  return readings
    .toSorted((a, b) => a.score - b.score)
    .slice(0, MOST_READINGS)
    .map(({ encoding, sample }) => ({ encoding, sample }));
}

/** Null where the bytes are none of the encoding. Lines are cut, which may leave a character without its end. */
function decoded(lines: readonly Uint8Array[], encoding: TextEncoding): string | null {
  const decoder = new TextDecoder(encoding);
  // Node decodes Windows-1252 as Latin-1 unless it is told that there is more.
  const decode = (line: Uint8Array): string => decoder.decode(line, { stream: true }) + decoder.decode();
  const text = lines.map((line) => decode(line).replace(/\ufffd$/, '')).join('\n');
  const broken = text.split('\ufffd').length - 1;
  return broken > 0 && encoding !== 'utf-8' ? null : text;
}

/** Share of the letters beyond ASCII that stand as no word has them, from 0 to 1. */
function strangeness(text: string): number {
  let all = 0;
  let strange = 0;
  const characters = Array.from(text);
  for (const [at, character] of characters.entries()) {
    if (character <= '\u007f') continue;
    all += 1;
    if (isStrange(character, characters[at - 1] ?? ' ', characters[at + 1] ?? ' ', characters[at + 2] ?? ' '))
      strange += 1;
  }
  return all === 0 ? 0 : strange / all;
}

/** Symbols that stand by themselves or beside ASCII; as bytes of other encodings they stand in rows. */
const ALONE = /[\u201a\u201e\u2020\u2021\u2030\u2039\u203a\u2022\u0192\u00a1-\u00ac\u00b1\u00b6]/;

const LATIN = /^\p{Script=Latin}$/u;
const LETTER = /^\p{L}$/u;
const CJK =
  /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u3000-\u303f\uff00-\uffef\u30fc]$/u;

function isStrange(character: string, before: string, after: string, next: string): boolean {
  if (/[\u0080-\u009f\ufffd\p{Co}\p{Cn}]/u.test(character)) return true;
  const isLetter = LETTER.test(character) && !NO_LETTER.test(character);
  if (CJK.test(character)) return /[\uff61-\uff9f]/.test(character);
  if (
    ALONE.test(character) &&
    (before > '\u007f' || (after > '\u007f' && !/[\u2013\u2014\u20ac]/.test(after)))
  )
    return true;
  if (!isLetter) {
    if (NO_LETTER.test(character)) return LETTER.test(before) || LETTER.test(after);
    return LETTER.test(before) && LETTER.test(after) && !IN_WORDS.test(character);
  }
  const isUpper = /^\p{Lu}$/u.test(character);
  if (isUpper && /^\p{Ll}$/u.test(before)) return true;
  if (!LATIN.test(character)) return LATIN.test(before) || LATIN.test(after);
  // Words of Latin letters have hardly three accented ones in a row.
  return isAccented(after) && (isAccented(before) || isAccented(next));
}

function isAccented(character: string): boolean {
  return character > '\u007f' && LETTER.test(character);
}
