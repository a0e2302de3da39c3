import type { X12Separators } from './x12.js';

/** What a partner's programs can read: capitals and a few signs, small letters and more signs too, or any letters. */
export type X12CharacterSet = 'basic' | 'extended' | 'utf-8';

/** UNCONFIRMED: the sets are named so by X12; which signs are in them is what most guides list. */
const OUTSIDE: Readonly<Record<X12CharacterSet, RegExp>> = {
  basic: /[^A-Z0-9 !"&'()*+,\-./:;?=]/gu,
  extended: /[^A-Za-z0-9 !"&'()*+,\-./:;?=%@[\]_{}\\|<>~#$]/gu,
  'utf-8': /\p{Cn}/gu,
};
const NEVER = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;
const MARKS = /[\p{Mn}\p{Me}\ufe0f\u20e3]/gu;
const PLAIN = /^[A-Z0-9 ]*$/;
/** What most texts hold: it stands in every set with small letters as it is, unless the partner separates with a sign of it. */
const USUAL = /^[A-Za-z0-9 !"&'()+,\-./:;?=%@_#$]*$/;

/** Letters and signs that do not come apart into a plain one and its accent. */
const PLAIN_FORMS: Readonly<Record<string, string>> = {
  ß: 'ss',
  ẞ: 'SS',
  æ: 'ae',
  Æ: 'AE',
  œ: 'oe',
  Œ: 'OE',
  ø: 'o',
  Ø: 'O',
  đ: 'd',
  Đ: 'D',
  ð: 'd',
  Ð: 'D',
  þ: 'th',
  Þ: 'TH',
  ł: 'l',
  Ł: 'L',
  ı: 'i',
  ħ: 'h',
  Ħ: 'H',
  '‘': "'",
  '’': "'",
  '‚': "'",
  '“': '"',
  '”': '"',
  '„': '"',
  '«': '"',
  '»': '"',
  '–': '-',
  '—': '-',
  '‐': '-',
  '‑': '-',
  '−': '-',
  '…': '...',
  '•': '-',
  '·': '-',
  '×': 'x',
  '€': 'EUR',
  '£': 'GBP',
  '¥': 'JPY',
  '©': '(C)',
  '®': '(R)',
  '™': 'TM',
  '¿': '?',
  '¡': '!',
  '´': "'",
  '`': "'",
  '№': 'No',
};

/** Text as it can stand in an element. */
interface X12Text {
  text: string;
  /** Characters that have no likeness in the set, and stand as question marks. */
  lost: number;
}

/**
 * Makes data harmless: no separator, line break or control character is left, and nothing that the partner's character set
 * has no place for. An asterisk becomes an X, as in masked phones; X12 has no escape.
 */
export function x12Text(value: string, separators: X12Separators, set: X12CharacterSet): X12Text {
  if (PLAIN.test(value)) return { text: value.trim(), lost: 0 };
  if (set !== 'basic' && USUAL.test(value) && !holdsAny(value, separators))
    return { text: value.trim(), lost: 0 };
  let lost = 0;
  const folded = fold(value.replaceAll(/[\p{Z}\t\r\n\v\f]/gu, ' ').replaceAll(NEVER, ''), set).replaceAll(
    OUTSIDE[set],
    () => {
      lost += 1;
      return '?';
    },
  );
  const taken = new Set(Object.values(separators).filter((one): one is string => one !== null));
  let text = '';
  for (const character of folded) text += taken.has(character) ? (character === '*' ? 'X' : ' ') : character;
  return { text: text.trim(), lost };
}

function holdsAny(value: string, { element, component, repetition, terminator }: X12Separators): boolean {
  return (
    [element, component, terminator].some((one) => value.includes(one)) ||
    (repetition !== null && value.includes(repetition))
  );
}

function fold(value: string, set: X12CharacterSet): string {
  if (set === 'utf-8') return value.normalize('NFC');
  let plain = '';
  for (const character of value.normalize('NFKD').replaceAll(MARKS, ''))
    plain += PLAIN_FORMS[character] ?? character;
  return set === 'basic' ? plain.toUpperCase() : plain;
}

/** The beginning of a text, of whole characters. */
export function cutText(text: string, most: number): string {
  if (text.length <= most) return text;
  return Array.from(text).slice(0, most).join('').trimEnd();
}
