import type { Recipient, Taxpayer } from '../domain/order.js';

/** True when the street can be delivered to. A masked phone or name does not hinder that. */
export function showsStreet(recipient: Recipient | null): boolean {
  if (!recipient) return false;
  const street = [recipient.fullAddress, ...recipient.addressLines].filter(
    (text) => text !== null && text !== '',
  );
  return street.length > 0 && !street.some(isHidden);
}

/**
 * What we keep of a delivery address after TikTok has shown another version of it. TikTok hides addresses again (30 days
 * after completion, when cancelled): an address once seen is never overwritten by asterisks or by nothing.
 */
export function keepRecipient(held: Recipient | null, shown: Recipient | null): Recipient | null {
  if (!held || !shown) return held ?? shown;
  if (!showsStreet(shown)) return held;
  const kept = {
    ...shown,
    name: better(shown.name, held.name),
    firstName: better(shown.firstName, held.firstName),
    lastName: better(shown.lastName, held.lastName),
    phone: better(shown.phone, held.phone),
    ...betterLocal('firstNameLocal', shown, held),
    ...betterLocal('lastNameLocal', shown, held),
  };
  return { ...kept, masked: kept.masked && [kept.name, kept.phone, kept.postalCode].some(isHidden) };
}

/** The same for the buyer's tax number: once seen, it is never overwritten by asterisks or by nothing. */
export function keepTaxpayer(held: Taxpayer | null, shown: Taxpayer | null): Taxpayer | null {
  if (!held || !shown) return held ?? shown;
  return { cpf: better(shown.cpf, held.cpf), cpfName: better(shown.cpfName, held.cpfName) };
}

/** The same person at the same place. */
export function isSameRecipient(a: Recipient | null, b: Recipient | null): boolean {
  return destinationOf(a) === destinationOf(b);
}

/** The shown text unless it is hidden or missing. */
export function better(shown: string | null, held: string | null): string | null {
  return shown === null || (isHidden(shown) && held !== null) ? held : shown;
}

function betterLocal(name: 'firstNameLocal' | 'lastNameLocal', shown: Recipient, held: Recipient) {
  const kept = better(shown[name] ?? null, held[name] ?? null);
  return kept === null ? {} : { [name]: kept };
}

function isHidden(text: string | null): boolean {
  return text !== null && text.includes('*');
}

function destinationOf(recipient: Recipient | null): string {
  if (!recipient) return '';
  const { name, phone, fullAddress, addressLines, addressDetail, city, state, district, town } = recipient;
  const place = [fullAddress, addressLines, addressDetail, city, state, district, town];
  return JSON.stringify([
    name,
    phone,
    place,
    recipient.postalCode,
    recipient.regionCode,
    recipient.dropOffLocation,
  ]);
}
