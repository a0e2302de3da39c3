const short: readonly string[] = ['DE', 'ES', 'FR', 'IE', 'IT', 'JP', 'GB', 'US'];
const long: readonly string[] = ['BR', 'MX'];

/** TikTok: length of a product's title, in characters. */
export function titleLimits(region: string): { min: number; max: number } {
  if (short.includes(region)) return { min: 1, max: 255 };
  return long.includes(region) ? { min: 1, max: 300 } : { min: 25, max: 255 };
}
