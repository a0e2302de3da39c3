import { ApiError } from '../gateway/api-error.js';
import { isEuropean } from '../state/routes.js';
import type { Authorization } from '../state/model.js';
import type { World } from '../state/world.js';
import { pageOf } from './page-of.js';

// TikTok: codes of the compliance calls with the messages of its reference.
const messages = {
  38023022: "Invalid responsible person's name",
  38023024: "Invalid responsible person's address",
  38023026: 'Invalid EU country',
  38023028: 'Invalid EU phone country code',
  38023033: "Invalid manufacturer's name",
  38023034: "Invalid manufacturer's address",
  38023041: 'Invalid phone number length',
  38023042: 'Invalid email format',
  38023043: 'Invalid address length',
  38023044: 'Invalid name length',
  38023045: 'Invalid registered trade name length',
  38023046: 'Invalid phone country code format',
  38023047: 'Invalid page size',
  38023049: 'The number of ids is larger than page size',
  38023050: 'Operation is not supported for global seller',
  38023051: 'Resource not found',
  38023052: 'Seller is not authorised to access resource',
  38023057: 'Unsupported locale',
  38023060: 'Invalid phone number availability. Supported values: `AVAILABLE`, `UNAVAILABLE`',
} as const;

export function refuseCompliance(code: keyof typeof messages): ApiError {
  return new ApiError(code, messages[code]);
}

/** TikTok: the EU languages that it translates into. */
const complianceLocales: readonly string[] = ['de-DE', 'en-IE', 'es-ES', 'fr-FR', 'it-IT'];

/** TikTok: local sellers in EU countries. UNCONFIRMED: what sellers elsewhere are told; here the code for global sellers. */
export function mustSellInEurope(world: World, { shopIds }: Authorization): void {
  const shops = shopIds.flatMap((id) => world.shops.get(id) ?? []);
  if (!shops.some(({ region, sellerType }) => isEuropean(region.code) && sellerType === 'LOCAL'))
    throw refuseCompliance(38023050);
}

/** The seller's own locale, where the call names none. Throws for one that TikTok does not translate. */
export function localeOf(world: World, { shopIds }: Authorization, given: string | undefined): string {
  if (given !== undefined) {
    if (!complianceLocales.includes(given)) throw refuseCompliance(38023057);
    return given;
  }
  const home = shopIds.map((id) => world.shops.get(id)?.region.code).find((code) => code !== undefined);
  return complianceLocales.find((locale) => locale.endsWith(`-${home ?? ''}`)) ?? 'en-IE';
}

/** Form only: TikTok's own check is not known. */
export function mustBeEmail(text: string | undefined): string {
  const [name = '', host = '', ...more] = (text ?? '').split('@');
  if (name === '' || !host.includes('.') || more.length > 0 || /\s/.test(text ?? ''))
    throw refuseCompliance(38023042);
  return text ?? '';
}

/** Ids of the form that TikTok shows: 24 hexadecimal digits. */
export function complianceId(kind: 'manufacturer' | 'person', count: number): string {
  const prefix = kind === 'manufacturer' ? '66d3cbe4d9c8b09d' : '66d3cbe4d9c8b0ae';
  return prefix + (count + 1).toString(16).padStart(8, '0');
}

/** What belongs to one seller. */
interface Owned {
  id: string;
  openId: string;
  locale: string;
}

/** One of the seller's own. Throws 38023051 for an unknown id, 38023052 for another seller's. */
export function ownOf<Entity extends Owned>(
  all: readonly Entity[],
  id: string | undefined,
  { openId }: Authorization,
): Entity {
  const known = all.find((one) => one.id === id);
  if (known === undefined) throw refuseCompliance(38023051);
  if (known.openId !== openId) throw refuseCompliance(38023052);
  return known;
}

interface ComplianceSearch<Entity extends Owned> {
  world: World;
  authorization: Authorization;
  query: { page_size: number; page_token?: string | undefined };
  ids: readonly string[] | undefined;
  keyword: string | undefined;
  locales: readonly string[] | undefined;
  /** Code of a locale that TikTok does not translate into. */
  unknownLocale: keyof typeof messages;
  all: readonly Entity[];
  /** What a keyword is looked for in. */
  textsOf: (one: Entity) => readonly string[];
}

/** A page of the seller's own, by ids or by keyword, each with the locales that it is shown in. */
export function searchCompliance<Entity extends Owned>(
  kind: string,
  search: ComplianceSearch<Entity>,
): { rows: { entity: Entity; locales: readonly string[] }[]; total_count: number; next_page_token: string } {
  const { world, authorization, query, ids, keyword = '', locales, unknownLocale, all, textsOf } = search;
  mustSellInEurope(world, authorization);
  if (query.page_size < 1 || query.page_size > 100) throw refuseCompliance(38023047);
  if ((ids?.length ?? 0) > query.page_size) throw refuseCompliance(38023049);
  if (locales?.some((locale) => !complianceLocales.includes(locale)) === true)
    throw refuseCompliance(unknownLocale);
  const { openId } = authorization;
  const found = all
    .filter((one) => one.openId === openId)
    .filter((one) =>
      ids === undefined ? textsOf(one).some((text) => text.includes(keyword)) : ids.includes(one.id),
    );
  const page = pageOf(world, found, [kind, openId, ids, keyword, locales], query);
  return {
    rows: page.rows.map((entity) => ({ entity, locales: locales ?? [entity.locale] })),
    total_count: found.length,
    next_page_token: page.nextToken,
  };
}
