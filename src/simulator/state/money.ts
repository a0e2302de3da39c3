// Amounts are whole minor units inside the simulator, so sums are exact; the wire wants decimal strings.
// TikTok: JPY, IDR and VND come without decimals.
const WITHOUT_DECIMALS = new Set(['JPY', 'IDR', 'VND']);

export function decimalsOf(currency: string): 0 | 2 {
  return WITHOUT_DECIMALS.has(currency) ? 0 : 2;
}

/** 1995 USD cents -> "19.95"; 25000 IDR -> "25000". */
export function formatMinor(minor: number, currency: string): string {
  if (decimalsOf(currency) === 0) return String(minor);
  const sign = minor < 0 ? '-' : '';
  const digits = String(Math.abs(minor)).padStart(3, '0');
  return `${sign}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** "19.95" -> 1995. Throws a RangeError on anything that is not an amount of that currency. */
export function parseMinor(amount: string, currency: string): number {
  const decimals = decimalsOf(currency);
  const match = /^(\d{1,12})(?:\.(\d{1,2}))?$/.exec(amount);
  if (!match || (decimals === 0 && match[2] !== undefined)) {
    throw new RangeError(`"${amount}" is not an amount in ${currency}`);
  }
  return Number(match[1] + (match[2] ?? '').padEnd(decimals, '0'));
}
