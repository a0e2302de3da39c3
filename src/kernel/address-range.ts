import { BlockList, isIP, isIPv4 } from 'node:net';

/** Networks by a name, as Fastify's list of trusted proxies knows them. */
const NAMED_NETWORKS: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1/128'],
  linklocal: ['169.254.0.0/16', 'fe80::/10'],
  uniquelocal: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
};
/** The widest networks that belong to one owner; a setting that names a wider one would trust strangers. */
const WIDEST_PREFIX = { ipv4: 8, ipv6: 7 } as const;
const PRIVATE_NETWORKS = Object.values(NAMED_NETWORKS).flat();

/**
 * What counts as one caller: an IPv4 address, or the /64 of an IPv6 address, since each customer of a provider has at least
 * one of these alone. Takes what proxies write into X-Forwarded-For as well (with a port, mapped, with a zone); all that
 * is no address is one caller, `unknown`.
 */
export function rangeOf(address: string | undefined): string {
  const plain = plainAddress(address ?? '');
  if (isIPv4(plain)) return plain;
  return isIP(plain) === 6 ? `${groupsOf(plain).slice(0, 4).join(':')}::/64` : 'unknown';
}

/** Whether an address is of this machine or of a network that is not reachable from outside. */
export const isPrivateAddress = inNetworks(PRIVATE_NETWORKS);

/**
 * A question whether an address is in one of the networks (addresses, CIDR, or a name such as `loopback`).
 * @throws Error whose message goes on from "TRUSTED_PROXIES"
 */
export function inNetworks(networks: readonly string[]): (address: string | undefined) => boolean {
  const list = new BlockList();
  for (const network of networks.flatMap((entry) => NAMED_NETWORKS[entry] ?? [entry])) addTo(list, network);
  return (address) => {
    const plain = plainAddress(address ?? '');
    const version = isIP(plain);
    return version !== 0 && list.check(plain, version === 4 ? 'ipv4' : 'ipv6');
  };
}

function addTo(list: BlockList, network: string): void {
  const [address = '', prefix, ...more] = network.split('/');
  const version = isIP(address);
  if (version === 0 || more.length > 0 || (prefix !== undefined && !/^\d{1,3}$/.test(prefix))) {
    throw new Error(
      'must be addresses or networks such as 10.0.0.5 or 10.0.0.0/24, or loopback, linklocal, uniquelocal, comma separated',
    );
  }
  const family = version === 4 ? 'ipv4' : 'ipv6';
  const bits = prefix === undefined ? undefined : Number(prefix);
  if (bits === undefined) list.addAddress(address, family);
  else if (bits < WIDEST_PREFIX[family] || bits > (version === 4 ? 32 : 128)) {
    throw new Error(
      `must name the networks of your proxies: /${bits} is no such network, and headers of strangers would be believed`,
    );
  } else list.addSubnet(address, bits, family);
}

/** Without brackets, port, zone, and without the wrapping of IPv4 in IPv6. */
function plainAddress(written: string): string {
  if (written.length > 100) return '';
  const text = written.trim();
  const [, bracketed] = /^\[([^\]]*)\](?::\d+)?$/.exec(text) ?? [];
  const [, withPort] = /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(text) ?? [];
  const address = (bracketed ?? withPort ?? text).split('%', 1)[0]!;
  const [, mapped] = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address) ?? [];
  return mapped ?? address;
}

/** The eight groups of an IPv6 address, without leading zeros. */
function groupsOf(address: string): string[] {
  const [head = '', tail] = address.split('::', 2);
  const first = head === '' ? [] : head.split(':');
  const last = tail ? tail.split(':') : [];
  // A last group in dots stands for two.
  const length = first.length + last.length + (address.includes('.') ? 1 : 0);
  const groups = [...first, ...Array.from({ length: Math.max(0, 8 - length) }, () => '0'), ...last];
  return groups.map((group) => group.toLowerCase().replace(/^0+(?=.)/, ''));
}
