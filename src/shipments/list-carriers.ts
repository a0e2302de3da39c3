import { AppError } from '../kernel/errors.js';
import { within } from '../kernel/time.js';
import { carrierChoices, type ShippedOrder } from './choose-providers.js';
import type { Provider } from './match-provider.js';
import { providerDeps, type ShipmentDeps } from './shipment-deps.js';

/** Whoever waits for a form does not wait longer for TikTok's list. */
const PATIENCE_MS = 3_000;

/** The carriers that TikTok accepts for an order. Null: TikTok names none, or cannot be asked in time. */
export async function listCarriers(deps: ShipmentDeps, record: ShippedOrder): Promise<Provider[] | null> {
  const reading = carrierChoices(
    providerDeps(deps),
    [],
  )(record)
    .then((choice) => choice?.list.providers ?? null)
    .catch((error: unknown) => {
      if (error instanceof AppError) return null;
      throw error;
    });
  // Its failure is nobody's any more once the caller was answered.
  reading.catch(() => undefined);
  return within(reading, PATIENCE_MS, () => null);
}
