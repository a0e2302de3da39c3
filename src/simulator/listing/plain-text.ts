const MOST_REPEATS = 9;

/**
 * TikTok: text that titles, descriptions and names of variants and attributes may not be: HTML escapes, emojis, control
 * characters, symbols alone, more than nine equal characters in a row.
 */
export function isForbiddenText(text: string): boolean {
  if (text.trim() === '') return false;
  const isSymbols = !/[\p{L}\p{N}]/u.test(text);
  return isSymbols || hasEscape(text) || hasEmoji(text) || hasControl(text) || hasRun(text);
}

function hasEscape(text: string): boolean {
  return /&(#\d+|#x[\da-f]+|[a-z]{2,12});/i.test(text);
}

function hasEmoji(text: string): boolean {
  return /\p{Emoji_Presentation}|\uFE0F/u.test(text);
}

function hasControl(text: string): boolean {
  return /\p{Cc}/u.test(text);
}

/** Blanks do not count. */
function hasRun(text: string): boolean {
  let run = 0;
  let before = '';
  for (const character of text) {
    run = character === before && character !== ' ' ? run + 1 : 1;
    if (run > MOST_REPEATS) return true;
    before = character;
  }
  return false;
}

export function hasChinese(text: string): boolean {
  return /\p{Script=Han}/u.test(text);
}
