import type { Environment } from '../../domain/shop.js';
import { WEBHOOK_PATH } from './webhook-in-routes.js';

/**
 * The address that TikTok is given, or why it has none. TikTok: https, a domain name, no port, no IP address; a simulator takes
 * any.
 */
export function webhookAddress(
  publicUrl: string | null,
  environment: Environment,
): { address: string } | { problem: string; next: string } {
  const next =
    'Set PUBLIC_URL to the https address, without a port, under which TikTok reaches this service.';
  if (publicUrl === null) return { problem: 'PUBLIC_URL is not set.', next };
  const { protocol, port, hostname, origin } = new URL(publicUrl);
  const address = `${origin}${WEBHOOK_PATH}`;
  if (environment === 'simulator') return { address };
  const isName = hostname.includes('.') && /[a-z]/i.test(hostname) && !hostname.startsWith('[');
  if (protocol !== 'https:' || port !== '' || !isName)
    return { problem: 'TikTok sends webhooks to https addresses with a name and without a port only.', next };
  if (address.length > 255) return { problem: 'PUBLIC_URL is too long for TikTok.', next };
  return { address };
}
