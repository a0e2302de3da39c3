/** What alphabets and keyboards offer to those who do not want to think. */
const ROWS = [
  '01234567890',
  'abcdefghijklmnopqrstuvwxyz',
  'qwertyuiop',
  'qwertzuiop',
  'asdfghjkl',
  'zxcvbnm',
  '!@#$%^&*()_+',
];
/** Words that lists of stolen passwords begin with, and those that this product suggests by itself. */
const WORDS = (
  'administrator admin anmelden batman baseball changeme charlie connector default demo dragon football freedom geheim ' +
  'guest hello iloveyou kennwort letmein login logicbroker manager master michael monkey operator passphrase passwort ' +
  'password pass princess root secret seller service shadow shop sunshine superman system temporary test tiktok trustno ' +
  'summer sommer winter spring autumn user welcome whatever zaq1zaq1 1q2w3e4r 1qaz2wsx q1w2e3r4'
).split(' ');
/** The letters that stand behind the usual disguises. */
const DISGUISES: Record<string, string> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
  '!': 'i',
};

const SHORTEST = 12;
/** Far more than anybody types; what is longer cannot be used to log in. */
export const LONGEST_PASSWORD = 1000;
const LEAST_DIFFERENT = 5;
/** What has to be left of a password without the well-known words in it, so that these do not matter. */
const LEAST_OWN = 5;
const SHORTEST_RUN = 4;
const SHORTEST_NAME = 3;
const BEGINS_BADLY = /^(password|passwort)/;
const ADVICE = 'Choose one that others would not try.';

/**
 * Why a new password is refused, as a sentence for the person who chose it; null for a good one. No list stops everything:
 * it stops what is tried first.
 */
export function passwordProblem(password: string, login: string): string | null {
  if (password.length < SHORTEST) return `A password needs at least ${SHORTEST} characters.`;
  if (password.length > LONGEST_PASSWORD) return `A password has at most ${LONGEST_PASSWORD} characters.`;
  const text = password.normalize('NFKC').toLowerCase();
  if (new Set(text).size < LEAST_DIFFERENT || repeatsOnePiece(text)) {
    return `This password repeats a few characters. ${ADVICE}`;
  }
  const forms = [text, text.replaceAll(/[013457@$!]/g, (sign) => DISGUISES[sign] ?? sign)];
  const names = namesIn(login.toLowerCase());
  if (forms.some((form) => names.some((name) => form.includes(name)) && hasLittleBut(form, names))) {
    return `This password is little more than the login. ${ADVICE}`;
  }
  const known = forms.some(
    (form) => hasLittleBut(form, WORDS) || form.replace(BEGINS_BADLY, '').length < SHORTEST,
  );
  return known ? `This password is a well-known one, or little more than that. ${ADVICE}` : null;
}

function namesIn(login: string): string[] {
  return [login, ...login.split(/[@.+_-]/)].filter((name) => name.length >= SHORTEST_NAME);
}

function repeatsOnePiece(text: string): boolean {
  return (text + text).indexOf(text, 1) < text.length;
}

/** Whether next to nothing is left without these words, what joins them, and runs of keys such as 1234. */
function hasLittleBut(text: string, words: readonly string[]): boolean {
  const others = words.reduce((left, word) => left.replaceAll(word, ' '), text);
  const rest = withoutRuns(others);
  if (rest === text) return false;
  const own = others === text ? rest : rest.replaceAll(/[\s\p{P}\p{S}]/gu, '');
  return own.replaceAll(/(.)\1+/g, '$1').length < LEAST_OWN;
}

function withoutRuns(text: string): string {
  let rest = '';
  for (let at = 0; at < text.length;) {
    const length = runAt(text, at);
    if (length < SHORTEST_RUN) rest += text[at];
    at += length < SHORTEST_RUN ? 1 : length;
  }
  return rest;
}

/** How many characters from here on follow each other on a keyboard or in the alphabet, forwards or backwards. */
function runAt(text: string, at: number): number {
  const lengths = [1, -1].map((step) => {
    let end = at + 1;
    while (end < text.length && follows(text[end - 1] ?? '', text[end] ?? '', step)) end += 1;
    return end - at;
  });
  return Math.max(...lengths);
}

function follows(sign: string, next: string, step: number): boolean {
  return ROWS.some((row) => {
    const place = row.indexOf(sign);
    return place >= 0 && row[place + step] === next;
  });
}
