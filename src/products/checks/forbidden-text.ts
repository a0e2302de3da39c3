/** What TikTok refuses in a title, an option or an attribute (12052931 to 12052935), and the same text without it. */
interface TextProblem {
  what: string;
  mended: string;
}

const ENTITY = /&(?:#\d{1,7}|#x[\da-f]{1,6}|[a-z][a-z\d]{1,30});/gi;
const EMOJI = /\p{Extended_Pictographic}|[\u{1F1E6}-\u{1F1FF}]|\u20e3/u;
const EMOJI_PARTS = /\p{Extended_Pictographic}|[\u{1F1E6}-\u{1F1FF}]|[\u20e3\ufe0f\u200d]|\p{EMod}/gu;
/** Signs that are pictures by name only: TikTok's shops are full of them. UNCONFIRMED: that TikTok takes them. */
const PLAIN_SIGNS = /[\u00a9\u00ae\u2122#*\d]/g;
const CONTROL = /\p{Cc}/gu;
const MEANING = /[\p{L}\p{N}]/u;
const MOST_REPEATS = 9;
/** Nearly all texts are ASCII without `&`: none of what is refused can be in them but repeats. */
const PLAIN = /^[ -%'-~]*$/;
const LETTER = /[a-z\d]/i;
const REPEATED = /([^ ])\1{9}/;

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  ndash: '-',
  mdash: '-',
  reg: '\u00ae',
  trade: '\u2122',
  deg: '\u00b0',
};

/** Null for a text that TikTok takes. */
export function textProblem(text: string): TextProblem | null {
  if (PLAIN.test(text) && LETTER.test(text) && !REPEATED.test(text)) return null;
  const found: string[] = [];
  let mended = text.replaceAll(ENTITY, decoded);
  if (mended !== text) found.push('an HTML entity');
  if (EMOJI.test(mended.replaceAll(PLAIN_SIGNS, ''))) {
    found.push('an emoji');
    mended = withoutEmoji(mended);
  }
  if (/\p{Cc}/u.test(mended)) {
    found.push('a control character');
    mended = mended.replaceAll(CONTROL, ' ');
  }
  const short = withoutRepeats(mended);
  if (short !== mended) {
    found.push(`a character more than ${MOST_REPEATS} times in a row`);
    mended = short;
  }
  if (text.trim() !== '' && !MEANING.test(mended)) found.push('nothing but symbols');
  if (found.length === 0) return null;
  return { what: found.join(', '), mended: mended.replaceAll(/ {2,}/g, ' ').trim() };
}

function decoded(entity: string): string {
  const name = entity.slice(1, -1).toLowerCase();
  if (!name.startsWith('#')) return ENTITIES[name] ?? ' ';
  const code = name.startsWith('#x') ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
  return code > 31 && code < 0xd8_00 ? String.fromCodePoint(code) : ' ';
}

function withoutEmoji(text: string): string {
  return text.replaceAll(EMOJI_PARTS, (part) => (/[\u00a9\u00ae\u2122]/.test(part) ? part : ' '));
}

function withoutRepeats(text: string): string {
  let kept = '';
  let last = '';
  let count = 0;
  for (const character of text) {
    count = character === last ? count + 1 : 1;
    last = character;
    if (count <= MOST_REPEATS || character === ' ') kept += character;
  }
  return kept;
}

/** As people count: what looks like one character may be two code units. */
export function charactersOf(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/** At most so many characters, ending with a whole word where that costs little. */
export function shortenedTo(text: string, most: number): string {
  const characters = Array.from(text);
  if (characters.length <= most) return text;
  const cut = characters.slice(0, most).join('');
  const blank = cut.lastIndexOf(' ');
  return (blank > cut.length * 0.7 ? cut.slice(0, blank) : cut).trim();
}
