import { isEuropean } from '../../state/routes.js';
import type { ListingRule } from '../listing-rule.js';
import { hasChinese, isForbiddenText } from '../plain-text.js';

const MOST_DESCRIPTION = 10_000;

/** TikTok counts characters, not bytes and not the halves of a surrogate pair. */
function length(text: string): number {
  return Array.from(text).length;
}

interface TitleLength {
  min: number;
  max: number;
}

/** TikTok: the length of a title by market. */
function titleLength(regionCode: string): TitleLength {
  if (regionCode === 'BR' || regionCode === 'MX') return { min: 1, max: 300 };
  const isFree = ['JP', 'GB', 'US'].includes(regionCode) || isEuropean(regionCode);
  return { min: isFree ? 1 : 25, max: 255 };
}

export const textRules: readonly ListingRule[] = [
  { code: 12052261, mayLackInDraft: true, broken: ({ content }) => content.title.trim() === '' },
  {
    code: 12052051,
    broken: ({ content, shop }) => length(content.title) > titleLength(shop.region.code).max,
  },
  // UNCONFIRMED: no code for a title that is too short is documented.
  {
    code: 12052051,
    mayLackInDraft: true,
    broken: ({ content, shop }) => length(content.title) < titleLength(shop.region.code).min,
  },
  {
    code: 12052262,
    broken: ({ content, shop }) => shop.region.code !== 'JP' && hasChinese(content.title),
  },
  { code: 12052931, broken: ({ content }) => isForbiddenText(content.title) },
  { code: 12052015, mayLackInDraft: true, broken: ({ content }) => content.description.trim() === '' },
  { code: 12052013, broken: ({ content }) => length(content.description) > MOST_DESCRIPTION },
  { code: 12052344, broken: ({ content }) => isCutHtml(content.description) },
  {
    code: 12052346,
    broken: ({ content, shop }) => shop.region.code !== 'JP' && hasChinese(plain(content.description)),
  },
  { code: 12052932, broken: ({ content }) => isForbiddenText(plain(content.description)) },
];

/** A tag that is not closed before the text ends. UNCONFIRMED: what else TikTok takes for a fault of syntax. */
function isCutHtml(html: string): boolean {
  return html.lastIndexOf('<') > html.lastIndexOf('>');
}

/** The text without its tags, and with what HTML itself has to escape. UNCONFIRMED: that TikTok lets these four pass. */
function plain(html: string): string {
  const text = html.replace(/<[^<>]*>/g, ' ').replace(/[\t\r\n]/g, ' ');
  const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"' };
  return text.replace(/&(amp|lt|gt|quot);/g, (_, name: string) => named[name] ?? ' ').replace(/ +/g, ' ');
}
