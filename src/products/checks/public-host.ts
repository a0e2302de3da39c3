import { isIP } from 'node:net';
import { isPublicAddress } from '../../outbound/public-address.js';

const INSIDE = /(^|\.)(localhost|local|internal|intranet|lan|home|corp|localdomain)\.?$/i;

/**
 * Whether a host of an address may be one of the public Internet, as far as its name tells. What it leads to is checked by
 * the door once more, when the connection is made.
 */
export function isPublicHost(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0) return isPublicAddress(host);
  return host.includes('.') && !INSIDE.test(host);
}
