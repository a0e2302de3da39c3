import type { PlannedPackage } from '../domain/shipment.js';
import { AppError } from '../kernel/errors.js';
import type { ReadChoice, ShippedOrder } from './choose-providers.js';
import { matchProvider } from './match-provider.js';

/**
 * Packages whose carrier by name is another one than by TikTok's id. The id goes first, so the shipment is taken; that one of
 * the two is a mistake is for the sender to know. The list of carriers has just been read for choosing them.
 */
export async function contradictions(
  read: ReadChoice,
  record: ShippedOrder,
  packages: readonly Pick<PlannedPackage, 'carrier' | 'trackingNumber'>[],
): Promise<string[]> {
  const suspects = packages.filter(
    ({ carrier }) => carrier.providerId !== null && (carrier.carrierCode ?? carrier.classCode) !== null,
  );
  const choice = suspects.length === 0 ? null : await read(record).catch(unlessSilent);
  if (!choice) return [];
  const {
    table,
    list: { providers },
  } = choice;
  return suspects.flatMap(({ carrier, trackingNumber }) => {
    const byId = matchProvider(carrier, providers, table);
    const byName = matchProvider({ ...carrier, providerId: null }, providers, table);
    if (!('provider' in byId) || !('provider' in byName) || byId.provider.id === byName.provider.id)
      return [];
    const name = carrier.carrierCode ?? carrier.classCode;
    return [
      `${carrier.path}: ReceiverClassCode ${carrier.providerId} is ${byId.provider.name}, but the carrier is named ${name}; ` +
        `${trackingNumber} is sent with ${byId.provider.name}.`,
    ];
  });
}

/** A remark is not worth waiting for TikTok. */
function unlessSilent(error: unknown): null {
  if (error instanceof AppError && error.retry === 'later') return null;
  throw error;
}
