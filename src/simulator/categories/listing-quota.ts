import { listingOf } from './listing-world.js';
import type { Shop, World } from '../state/world.js';

/**
 * How many products a shop may put up in a day, by its tier; null: as many as it likes. Sources: Seller Academy for US and TH; elsewhere
 * documented as 100 for new shops and 1,000 after their probation. UNCONFIRMED: names of the tiers outside the US.
 */
const limits: Readonly<Record<string, Readonly<Record<string, number | null>>>> = {
  US: { BEGINNER: 100, STANDARD: 200, PREMIUM: 1000, PRO: null },
  TH: { BEGINNER: 1000, STANDARD: 2000, PREMIUM: 3000, PRO: null },
  '': { BEGINNER: 100, STANDARD: 1000, PREMIUM: 1000, PRO: null },
};

const zones: Readonly<Record<string, string>> = {
  US: 'America/Los_Angeles',
  GB: 'Europe/London',
  DE: 'Europe/Berlin',
  ES: 'Europe/Madrid',
  FR: 'Europe/Paris',
  IE: 'Europe/Dublin',
  IT: 'Europe/Rome',
  JP: 'Asia/Tokyo',
  ID: 'Asia/Jakarta',
  MY: 'Asia/Kuala_Lumpur',
  PH: 'Asia/Manila',
  SG: 'Asia/Singapore',
  TH: 'Asia/Bangkok',
  VN: 'Asia/Ho_Chi_Minh',
  BR: 'America/Sao_Paulo',
  MX: 'America/Mexico_City',
};

/** What is left of the shop's limit today; null: it has none. */
export function quotaLeft(world: World, shop: Shop): number | null {
  const { tier, created } = listingOf(shop);
  const limit = (limits[shop.region.code] ?? limits[''])?.[tier] ?? null;
  if (limit === null) return null;
  return Math.max(0, limit - (created.day === dayOf(world, shop) ? created.count : 0));
}

/** Products that count against the limit of today. */
export function setListedToday(world: World, shop: Shop, count: number): void {
  listingOf(shop).created = { day: dayOf(world, shop), count };
}

/** One more of today's. */
export function countListing(world: World, shop: Shop): void {
  const listing = listingOf(shop);
  const day = dayOf(world, shop);
  const count = listing.created.day === day ? listing.created.count : 0;
  listing.created = { day, count: count + 1 };
}

/** `2026-11-30` in the shop's own market, or in UTC. */
function dayOf(world: World, shop: Shop): string {
  const timeZone = world.behaviour.listingDay === 'utc' ? 'UTC' : (zones[shop.region.code] ?? 'UTC');
  return new Intl.DateTimeFormat('sv-SE', { timeZone }).format(world.clock.nowSec() * 1000);
}
