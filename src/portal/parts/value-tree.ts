import { html, type Html, type HtmlValue } from '../html.js';
import { facts, outsideLink } from './card.js';

/** Plain data for people: members with their names in words, lists one below the other. Texts from outside stay texts. */
export function valueTree(value: unknown): HtmlValue {
  if (value === null || value === undefined || value === '') return null;
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) {
    if (value.length === 0) return null;
    return value.every((each) => typeof each !== 'object')
      ? value.map(String).join(', ')
      : html`<ul>
          ${value.map((each): Html => html`<li>${valueTree(each)}</li>`)}
        </ul>`;
  }
  if (typeof value === 'object')
    return facts(Object.entries(value).map(([name, member]) => [inWords(name), valueTree(member)]));
  const text = String(value);
  return text.includes('://') ? outsideLink(text, text) : text;
}

/** `TikTokPackageId` is `TikTok package id`. */
export function inWords(name: string): string {
  const text = name
    .replaceAll('TikTok', 'Tiktok')
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .replaceAll('tiktok', 'TikTok');
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
