import { lookup, type LookupAddress } from 'node:dns';
import { isIP, type LookupFunction, type Socket } from 'node:net';
import { promisify } from 'node:util';
import { isPublicAddress, RefusedAddressError } from './public-address.js';

/** Which addresses a door for addresses of others leads to. */
export interface AddressRules {
  /** Host names and addresses that may be anywhere, for the demo and for tests. */
  anywhere?: readonly string[];
  /** All addresses of a name; the system's own resolver when left out. */
  resolve?: (hostname: string) => Promise<LookupAddress[]>;
}

const askSystem = promisify(lookup);

/**
 * Looks a name up for the socket that is about to connect, and refuses it when any of its addresses is not public. The
 * socket takes the very addresses that were checked, so that a name which answers otherwise the next time helps nobody.
 * Node does not look up what is an address already: `refuseAddress` is for that.
 */
export function guardedLookup(rules: AddressRules): LookupFunction {
  const resolve = rules.resolve ?? ((hostname) => askSystem(hostname, { all: true }));
  return (hostname, options, callback) => {
    const lookUp = async (): Promise<void> => {
      const addresses = await addressesOf(hostname, options.family, rules, resolve).catch(
        (error: NodeJS.ErrnoException) => error,
      );
      if (addresses instanceof Error) return callback(addresses, '');
      const [first] = addresses;
      return options.all ? callback(null, addresses) : callback(null, first!.address, first!.family);
    };
    void lookUp();
  };
}

async function addressesOf(
  hostname: string,
  family: number | string | undefined,
  rules: AddressRules,
  resolve: NonNullable<AddressRules['resolve']>,
): Promise<LookupAddress[]> {
  const all = await resolve(hostname);
  if (!mayBeAnywhere(hostname, rules) && !all.every(({ address }) => isPublicAddress(address)))
    throw new RefusedAddressError('the name leads into a network that is not public');
  const wanted = Number(String(family ?? 0).replace('IPv', ''));
  const usable = all.filter((each) => wanted === 0 || each.family === wanted);
  if (usable.length > 0) return usable;
  throw Object.assign(new Error('The name has no address.'), { code: 'ENOTFOUND' });
}

/** @throws RefusedAddressError for an address that is written out and is not public; names are checked by the look-up */
export function refuseAddress(hostname: string, rules: AddressRules): void {
  const plain = hostname.replace(/^\[|\]$/g, '');
  if (isIP(plain) === 0 || mayBeAnywhere(plain, rules) || isPublicAddress(plain)) return;
  throw new RefusedAddressError('it is not one of the public Internet');
}

/** The last look, at what the socket is connected to in truth. @throws RefusedAddressError; the socket is gone then */
export function refusePeer(socket: Socket, hostname: string, rules: AddressRules): void {
  const { remoteAddress = '' } = socket;
  // Sockets of both families show IPv4 in IPv6; what was asked for as such has been refused before.
  const plain = remoteAddress.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '');
  if (mayBeAnywhere(hostname, rules) || isPublicAddress(plain)) return;
  socket.destroy();
  throw new RefusedAddressError('the connection leads into a network that is not public');
}

/** @param hostname with or without the brackets of an IPv6 address */
export function mayBeAnywhere(hostname: string, { anywhere = [] }: AddressRules): boolean {
  return anywhere.includes(hostname.replace(/^\[|\]$/g, '').toLowerCase());
}
