import type { Address } from './model.js';
import type { Region } from './regions.js';

const made = new Map<string, Address>();

/**
 * An invented buyer at an invented place of the region. The same variant gives the same object, never to be changed:
 * orders by the hundred thousand share a few.
 */
export function addressOf(region: Region, variant: number): Address {
  const key = `${region.code}/${variant % (region.places.length * region.buyers.length)}`;
  const known = made.get(key) ?? makeAddress(region, variant);
  made.set(key, known);
  return known;
}

function makeAddress(region: Region, variant: number): Address {
  const place = region.places[variant % region.places.length] ?? region.places[0];
  const [firstName, lastName] = region.buyers[variant % region.buyers.length] ?? ['Sample', 'Buyer'];
  const districts = [region.country, ...place.districts].map((name, index) => ({
    level: `L${index}`,
    levelName: region.levels[index] ?? `Level ${index}`,
    name,
  }));
  const locality = place.districts.toReversed().join(', ');
  const address: Address = {
    name: `${firstName} ${lastName}`,
    firstName,
    lastName,
    phone: region.phone,
    line1: place.line1,
    line2: place.line2,
    line3: '',
    line4: '',
    fullAddress: [place.line1, place.line2, locality, place.postalCode, region.country]
      .filter(Boolean)
      .join(', '),
    postalCode: place.postalCode,
    regionCode: region.code,
    districts,
    dropOffLocation: 'Front Door',
  };
  if (place.postTown !== undefined) address.postTown = place.postTown;
  if (region.code === 'JP')
    Object.assign(address, { firstNameLocalScript: 'サンプル', lastNameLocalScript: '購入者' });
  return address;
}
