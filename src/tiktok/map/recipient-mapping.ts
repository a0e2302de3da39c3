import type { Recipient } from '../../domain/order.js';
import { asRecord, listOf, textOf, textOrNull } from '../wire/read.js';
import type { WireDistrict, WireRecipient } from '../wire/order-wire.js';

type Districts = Recipient['districts'];

/**
 * TikTok cuts an address by country: the same level is a county here and a city there, so that a level's name counts
 * first and its number only where no level is named so. Names are compared in lower case.
 */
const LEVEL_NAMES = {
  state: ['state', 'province', 'state/province', 'state or province', 'prefecture', 'region'],
  city: ['city', 'municipality', 'city/municipality', 'city or municipality', 'regency', 'city/regency'],
  district: ['district'],
  town: ['town', 'post town', 'village', 'ward'],
};

const NAMED_OTHERWISE = new Set(['country', 'county', ...Object.values(LEVEL_NAMES).flat()]);

/** Null before TikTok shows an address at all (UNPAID, ON_HOLD). */
export function mapRecipient(wire: WireRecipient | null): Recipient | null {
  if (!wire) return null;
  const texts = textsOfRecipient(wire);
  const districts = listOf(wire.district_info).map(mapDistrict);
  const isEmpty = districts.length === 0 && Object.values(texts).every((text) => text === null);
  if (isEmpty) return null;
  const {
    addressLine1,
    addressLine2,
    addressLine3,
    addressLine4,
    postTown,
    firstNameLocal,
    lastNameLocal,
    ...plain
  } = texts;
  return {
    ...plain,
    ...(firstNameLocal === null ? {} : { firstNameLocal }),
    ...(lastNameLocal === null ? {} : { lastNameLocal }),
    addressLines: [addressLine1, addressLine2, addressLine3, addressLine4].filter((line) => line !== null),
    city: cityOf(districts, plain.regionCode) ?? postTown,
    state: named(districts, 'state') ?? leveled(districts, 'L1'),
    district: named(districts, 'district') ?? leveled(districts, 'L3'),
    town: postTown ?? named(districts, 'town') ?? leveled(districts, 'L4'),
    districts,
    dropOffLocation: textOrNull(asRecord(wire.delivery_preferences)?.['drop_off_location']),
    masked: Object.values(texts).some(isMasked) || districts.some((district) => isMasked(district.name)),
  };
}

function textsOfRecipient(wire: WireRecipient) {
  return {
    name: textOrNull(wire.name),
    firstName: textOrNull(wire.first_name),
    lastName: textOrNull(wire.last_name),
    firstNameLocal: textOrNull(wire.first_name_local_script),
    lastNameLocal: textOrNull(wire.last_name_local_script),
    phone: textOrNull(wire.phone_number),
    fullAddress: textOrNull(wire.full_address),
    addressDetail: textOrNull(wire.address_detail),
    addressLine1: textOrNull(wire.address_line1),
    addressLine2: textOrNull(wire.address_line2),
    addressLine3: textOrNull(wire.address_line3),
    addressLine4: textOrNull(wire.address_line4),
    postalCode: textOrNull(wire.postal_code),
    regionCode: textOrNull(wire.region_code),
    postTown: textOrNull(wire.post_town),
  };
}

function mapDistrict(listed: unknown): Districts[number] {
  const wire: WireDistrict = asRecord(listed) ?? {};
  return {
    level: textOf(wire.address_level),
    levelName: textOf(wire.address_level_name),
    name: textOf(wire.address_name),
  };
}

/**
 * UNCONFIRMED: in the US the list is Country, State, County, City, so that the city is L3 there; elsewhere L2 is a
 * city or what comes closest to one.
 */
function cityOf(districts: Districts, regionCode: string | null): string | null {
  const levels = regionCode === 'US' ? ['L3', 'L2'] : ['L2', 'L3'];
  const isFree = (district: Districts[number]) => !NAMED_OTHERWISE.has(district.levelName.toLowerCase());
  const unnamed = districts.filter(isFree);
  return named(districts, 'city') ?? leveled(unnamed, levels[0]) ?? leveled(unnamed, levels[1]);
}

function named(districts: Districts, part: keyof typeof LEVEL_NAMES): string | null {
  const found = districts.find((district) => LEVEL_NAMES[part].includes(district.levelName.toLowerCase()));
  return found?.name || null;
}

function leveled(districts: Districts, level: string | undefined): string | null {
  return districts.find((district) => district.level === level)?.name || null;
}

/** What TikTok hides it replaces by asterisks, wholly or in part. */
function isMasked(text: string | null): boolean {
  return text !== null && text.includes('*');
}
