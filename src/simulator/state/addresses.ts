import type { Address } from './model.js';
import type { Region } from './regions.js';

/** An invented buyer at an invented place of the region. */
export function addressOf(region: Region, variant: number): Address {
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
