import { codeRules, unknownCodeRule, type CodeRule } from './error-rules.js';
import type { Reaction } from './tiktok-errors.js';

/** TikTok's codes that mean the same. */
export interface CodeHelp {
  /** Ascending; empty for codes that are not known. */
  codes: string[];
  cause: string;
  /** What the service does by itself. */
  reaction: string;
  next: string;
}

const reactions: Readonly<Record<Reaction, string>> = {
  'retry-later': 'tries again later',
  throttled: 'slows down and tries again',
  'refresh-and-repeat': 'renews the token and repeats the call',
  reauthorize: 'pauses the connection until the shop is connected again',
  'clock-skew': 'corrects its time by TikTok’s and repeats the call',
  'shop-inactive':
    'makes no more calls for the shop, and looks once in half an hour whether it is active again',
  'scope-missing': 'stops the call and says what is missing',
  refused: 'sets the document to Failed, or lists the item as not sent',
  'already-done': 'reads back what TikTok has, and goes by that',
  'in-doubt': 'reads back what TikTok has before it sends again',
  bug: 'stops the call; the cause is in this program or its settings',
};

/** One entry for codes with the same meaning, reaction and next step; the last one is for all other codes. */
export function codeHelp(): CodeHelp[] {
  const found = new Map<string, CodeHelp>();
  for (const [code, rule] of [...codeRules].toSorted(([a], [b]) => Number(a) - Number(b))) {
    const key = [rule.text, rule.reaction, rule.next].join('\n');
    const entry = found.get(key) ?? { ...helpOf(rule), codes: [] };
    entry.codes.push(code);
    found.set(key, entry);
  }
  return [...found.values(), { ...helpOf(unknownCodeRule), codes: [] }];
}

function helpOf({ text, reaction, next }: CodeRule): Omit<CodeHelp, 'codes'> {
  return { cause: text, reaction: reactions[reaction], next };
}
