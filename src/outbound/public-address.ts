import { BlockList, isIP } from 'node:net';

/** An address that a door does not lead to. Nothing was sent; the same address is refused again. */
export class RefusedAddressError extends Error {
  constructor(reason: string) {
    super(`The address is refused: ${reason}.`);
    this.name = 'RefusedAddressError';
  }
}

/** IANA's registry of special purposes: what no server of the public Internet has, and what a provider keeps for itself. */
const NOT_PUBLIC_IPV4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  // The agent of Azure on every one of its machines, under an address that looks public.
  '168.63.129.16/32',
];
/** Of IPv6 only this much is given to servers; within it, these are not. */
const PUBLIC_IPV6 = '2000::/3';
const NOT_PUBLIC_IPV6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];
/** Names are answered with these in networks that have IPv6 only; the last 32 bits are the server's IPv4 address. */
const TRANSLATED = '64:ff9b::/96';

const refusedIpv4 = listOf('ipv4', NOT_PUBLIC_IPV4);
const publicIpv6 = listOf('ipv6', [PUBLIC_IPV6]);
const refusedIpv6 = listOf('ipv6', NOT_PUBLIC_IPV6);
const translated = listOf('ipv6', [TRANSLATED]);

/**
 * Whether an IP address is one of the public Internet: not of this machine, of a private network, of a cloud's own services,
 * and not another address in disguise (IPv4 in IPv6, 6to4, Teredo). Anything that is no plain address is not.
 */
export function isPublicAddress(address: string): boolean {
  const version = isIP(address);
  if (version === 0 || address.includes('%')) return false;
  if (version === 4) return !refusedIpv4.check(address, 'ipv4');
  if (translated.check(address, 'ipv6')) return isPublicAddress(lastFourBytes(address));
  return publicIpv6.check(address, 'ipv6') && !refusedIpv6.check(address, 'ipv6');
}

/** As a dotted address; the URL parser writes every IPv6 address in one way. */
function lastFourBytes(address: string): string {
  const groups = new URL(`http://[${address}]`).hostname.slice(1, -1).split(':');
  const [high = 0, low = 0] = groups.slice(-2).map((group) => Number.parseInt(group || '0', 16));
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

function listOf(family: 'ipv4' | 'ipv6', networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits] = network.split('/');
    list.addSubnet(address, Number(bits), family);
  }
  return list;
}
