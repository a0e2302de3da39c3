import type { PlannedPackage } from '../domain/shipment.js';
import { matchProvider } from './match-provider.js';
import { providersFor, type ProviderListDeps } from './provider-list.js';

/**
 * Packages whose carrier by name is another one than by TikTok's id. The id goes first, so the shipment is taken; that one of
 * the two is a mistake is for the sender to know. The list of carriers has just been read for choosing them.
 */
export async function contradictions(
  deps: ProviderListDeps,
  { connectionId, deliveryOptionId }: { connectionId: number; deliveryOptionId: string | null },
  packages: readonly Pick<PlannedPackage, 'carrier' | 'trackingNumber'>[],
): Promise<string[]> {
  const suspects = packages.filter(
    ({ carrier }) => carrier.providerId !== null && (carrier.carrierCode ?? carrier.classCode) !== null,
  );
  if (suspects.length === 0 || deliveryOptionId === null) return [];
  const { providers } = await providersFor(deps, { connectionId, deliveryOptionId });
  return suspects.flatMap(({ carrier, trackingNumber }) => {
    const byId = matchProvider(carrier, providers);
    const byName = matchProvider({ ...carrier, providerId: null }, providers);
    if (!('provider' in byId) || !('provider' in byName) || byId.provider.id === byName.provider.id)
      return [];
    const name = carrier.carrierCode ?? carrier.classCode;
    return [
      `${carrier.path}: ReceiverClassCode ${carrier.providerId} is ${byId.provider.name}, but the carrier is named ${name}; ` +
        `${trackingNumber} is sent with ${byId.provider.name}.`,
    ];
  });
}
