import type {
  ComplianceContent,
  ManufacturerContent,
  ResponsiblePersonContent,
} from '../../domain/listing.js';
import { asRecord, listOf, textOrNull } from '../wire/read.js';

export function manufacturerBody(content: ManufacturerContent): object {
  const { name, tradeName, email, phone, address, locale } = content;
  return {
    name,
    ...(tradeName === null ? {} : { registered_trade_name: tradeName }),
    email,
    phone_number:
      phone === null
        ? { availability: 'UNAVAILABLE' }
        : {
            availability: 'AVAILABLE',
            country_code: phone.countryCode,
            local_number: phone.localNumber,
          },
    address,
    ...(locale === null ? {} : { locale }),
  };
}

export function personBody(content: ResponsiblePersonContent): object {
  const { name, email, phone, street, postalCode, country, locale } = content;
  return {
    name,
    email,
    phone_number: { country_code: phone.countryCode, local_number: phone.localNumber },
    // The other parts of an address are deprecated: TikTok merges them into this line.
    address: { street_address_line1: street, postal_code: postalCode, country },
    ...(locale === null ? {} : { locale }),
  };
}

/** The words by which one is found again. */
export function keywordOf(content: ComplianceContent): string {
  const { name } = content.kind === 'manufacturer' ? content.manufacturer : content.person;
  return Array.from(name).slice(0, 200).join('');
}

/** The id of the first of TikTok's entries with this content in one of its languages; what TikTok adds does not count. */
export function idOfSame(entries: unknown, wanted: object): string | null {
  for (const entry of listOf(entries)) {
    const record = asRecord(entry);
    const id = textOrNull(record?.['id']);
    if (id !== null && listOf(record?.['regional_profiles']).some((profile) => holds(profile, wanted)))
      return id;
  }
  return null;
}

/** Whether the value says all that is wanted; empty texts and none are the same. */
function holds(value: unknown, wanted: unknown): boolean {
  if (typeof wanted !== 'object' || wanted === null)
    return (textOrNull(value) ?? '') === (textOrNull(wanted) ?? '');
  const record = asRecord(value);
  return Object.entries(wanted).every(([name, inner]) => holds(record?.[name], inner));
}
