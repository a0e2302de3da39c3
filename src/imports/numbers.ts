/**
 * Numbers as people and their spreadsheets write them: `9,90`, `1.234,50`, `1,234.50`, `1 234`, `1'234.50`, `€ 9.90`. Most
 * tell by themselves which sign the decimals stand behind. `1,234` and `1.234` do not: of those the other numbers of the same
 * file tell, and where they tell nothing, or both, such a number is not read at all.
 */
export interface Numbers {
  /** The number in digits with a point, such as `1234.5`; null when the text is no number, or could be two. */
  read(text: string): string | null;
  /** Whether the last text that was not read could have been two numbers. */
  readonly wasAmbiguous: boolean;
  /** A number with decimals behind a point has passed by that was read elsewhere. */
  sawPoint(): void;
  /**
   * What the whole file has told, when some number of it was met before that was known. Null: reading it once more would
   * change nothing.
   */
  learnt(): DecimalSign | null;
}

/** What stands before the decimals. */
export type DecimalSign = '.' | ',';

const PLAIN = /^\d{1,12}(?:\.\d{1,2})?$/;
/** Signs of currencies, their three letters, and the short words of the markets that TikTok Shop has. */
const CURRENCY =
  /^(?:\p{Sc}|(?:US|R|S|A|C|MX|NT|HK|AU|CA|SG)\$|[A-Z]{3}|Rp\.?|Rs\.?|RM|zł|kr\.?|Kč)|(?:\p{Sc}|[A-Z]{3}|zł|kr\.?|Kč|руб\.?|р\.|lei|Ft|TL|лв\.?|đ|บาท|円|元|원)$/gu;
const NUMBER = /^[\d.,' \u2019\u00a0\u202f]+$/;
const GROUPED_BY_BLANK = /^\d{1,3}(?:[ '\u2019\u00a0\u202f]\d{3})+(?:[.,]\d+)?$/;
const BLANKS = /[ '\u2019\u00a0\u202f]/g;
const ONE_SIGN = /^(\d*)([.,])(\d+)$/;
const GROUPED_BY_POINT = /^\d{1,3}(?:\.\d{3})+(?:,\d+)?$/;
const GROUPED_BY_COMMA = /^\d{1,3}(?:,\d{3})+(?:\.\d+)?$/;
const GROUP_DIGITS = 3;
/** Of digits, groups and currency. */
const LONGEST = 60;

/** @param known what an earlier reading of the same file has told; `.` also for formats whose numbers are typed */
export function createNumbers(known: DecimalSign | null = null): Numbers {
  const seen = { '.': false, ',': false };
  let asked = false;
  let wasAmbiguous = false;

  function proven(): DecimalSign | null {
    if (known) return known;
    if (seen['.'] === seen[',']) return null;
    return seen['.'] ? '.' : ',';
  }

  /** With decimals behind `sign`, and groups behind the other one. */
  function decimal(text: string, sign: DecimalSign): string {
    seen[sign] = true;
    const [whole = '', fraction] = text.split(sign);
    const digits = whole.replaceAll(sign === '.' ? ',' : '.', '') || '0';
    return fraction === undefined ? digits : `${digits}.${fraction}`;
  }

  function readPlain(text: string): string | null {
    if (/^\d+$/.test(text)) return text;
    const isByPoint = GROUPED_BY_POINT.test(text);
    const isByComma = GROUPED_BY_COMMA.test(text);
    const one = ONE_SIGN.exec(text);
    if (!one) {
      // Several groups, or groups and decimals: only one of the two readings is left.
      if (isByPoint) return decimal(text, ',');
      return isByComma ? decimal(text, '.') : null;
    }
    const [, whole, sign, fraction] = one as unknown as [string, string, DecimalSign, string];
    if (fraction.length !== GROUP_DIGITS || !(isByPoint || isByComma) || whole.startsWith('0'))
      return decimal(text, sign);
    const told = proven();
    if (told === null) {
      asked = true;
      wasAmbiguous = true;
      return null;
    }
    return told === sign ? `${whole}.${fraction}` : `${whole}${fraction}`;
  }

  return {
    read(given) {
      wasAmbiguous = false;
      if (PLAIN.test(given)) {
        if (given.includes('.')) seen['.'] = true;
        return given;
      }
      if (given.length > LONGEST) return null;
      const body = inAscii(given)
        .replaceAll(CURRENCY, '')
        .trim()
        .replace(/^\+\s?(?=\d)/, '');
      if (!NUMBER.test(body)) return null;
      if (GROUPED_BY_BLANK.test(body)) {
        const joined = body.replaceAll(BLANKS, '');
        const sign = /[.,]/.exec(joined)?.[0] as DecimalSign | undefined;
        return sign === undefined ? joined : decimal(joined, sign);
      }
      return /[ '\u2019\u00a0\u202f]/.test(body) ? null : readPlain(body);
    },
    get wasAmbiguous() {
      return wasAmbiguous;
    },
    sawPoint() {
      seen['.'] = true;
    },
    learnt: () => (asked && known === null ? proven() : null),
  };
}

/** Zeros of the digits that markets of TikTok Shop write: Arabic, Persian, Thai. Wide ones of East Asia are composed away. */
const ZEROS = [0x06_60, 0x06_f0, 0x0e_50];
const LAST_DIGIT = 9;

function inAscii(text: string): string {
  if (/^[\0-\x7f]*$/.test(text)) return text; // oxlint-disable-line no-control-regex -- all of ASCII
  const composed = /[\uff00-\uffef]/.test(text) ? text.normalize('NFKC') : text;
  return composed
    .replaceAll(/\p{Nd}/gu, (digit) => {
      const code = digit.charCodeAt(0);
      const zero = ZEROS.find((one) => code >= one && code <= one + LAST_DIGIT);
      return zero === undefined ? digit : String(code - zero);
    })
    .replaceAll('\u066b', '.')
    .replaceAll('\u066c', ',');
}
