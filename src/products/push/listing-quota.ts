import { HOUR_MS, MINUTE_MS } from '../../kernel/time.js';

/** Markets by their own time. */
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

/** TikTok: "Exceeded the product listing limit for the seller." */
export const LIMIT_REACHED = '12052093';

/** The day of a shop, such as `2026-11-30`. UNCONFIRMED: that TikTok's limit goes by the market's own time. */
export function shopDay(now: Date, region: string | null): string {
  const timeZone = zones[region ?? ''] ?? 'UTC';
  return new Intl.DateTimeFormat('sv-SE', { timeZone }).format(now);
}

/** When the shop's next day has begun, a minute after its midnight. */
export function nextShopDay(now: Date, region: string | null): Date {
  const today = shopDay(now, region);
  // The last hour that is still today, then its minutes: days of 23 and 25 hours come out right.
  let at = now.getTime();
  while (shopDay(new Date(at + HOUR_MS), region) === today) at += HOUR_MS;
  while (shopDay(new Date(at), region) === today) at += MINUTE_MS;
  const midnight = Math.floor(at / MINUTE_MS) * MINUTE_MS;
  return new Date(midnight + MINUTE_MS);
}
