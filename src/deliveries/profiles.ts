import { usualCodes, type X12Partner } from '../codecs/x12/partner.js';
import { getCompanySettings } from '../companies/company-settings.js';
import type { DeliveryProfile } from '../companies/delivery-profile.js';
import { listConnections } from '../connections/connection-store.js';
import type { Tx } from '../store/database.js';

/** A profile that exchanges X12. */
export type X12DeliveryProfile = DeliveryProfile & { x12: NonNullable<DeliveryProfile['x12']> };

/** A profile with the shop whose documents it is about. */
export interface ShopProfile {
  connectionId: number;
  profile: DeliveryProfile;
}

/** The profiles of every shop of a company: its own, and those of the company whose names it has not taken. */
export async function profilesOf(tx: Tx, companyId: number): Promise<ShopProfile[]> {
  const { settings } = await getCompanySettings(tx, companyId);
  const connections = await listConnections(tx, { companyId });
  return connections.flatMap(({ id, settings: { deliveryProfiles: own } }) => {
    const names = new Set(own.map(({ name }) => name));
    const common = settings.deliveryProfiles.filter(({ name }) => !names.has(name));
    return [...own, ...common].map((profile) => ({ connectionId: id, profile }));
  });
}

export function isX12(profile: DeliveryProfile): profile is X12DeliveryProfile {
  return profile.format === 'x12' && profile.x12 !== undefined;
}

/** The partner as the codec wants it; what the profile leaves out is as Logicbroker's guides have it. */
export function partnerOf({ x12 }: X12DeliveryProfile): X12Partner {
  const { ours, theirs } = x12;
  return {
    envelope: {
      sender: ours,
      receiver: theirs,
      separators: {
        element: x12.element ?? '*',
        component: x12.component ?? '>',
        repetition: x12.repetition ?? null,
        terminator: x12.terminator ?? '~',
      },
      characterSet: x12.characterSet ?? 'extended',
      version: x12.version ?? '004010',
      isTest: x12.isTest ?? false,
      wantsTa1: x12.wantsTa1 ?? false,
    },
    codes: {
      supplierSku: x12.supplierSku ?? usualCodes.supplierSku,
      partnerSku: x12.partnerSku ?? usualCodes.partnerSku,
      upc: x12.upc ?? usualCodes.upc,
      available: x12.available ?? usualCodes.available,
      cancellations: x12.cancellations === 'none' ? null : (x12.cancellations ?? usualCodes.cancellations),
      cancelReasons: x12.cancelReasons ?? usualCodes.cancelReasons,
      cancelReason: x12.cancelReason ?? usualCodes.cancelReason,
      confirmsGoods: x12.confirmsGoods ?? usualCodes.confirmsGoods,
      tracksByBillOfLading: x12.tracksByBillOfLading ?? usualCodes.tracksByBillOfLading,
      countsReturnLines: x12.countsReturnLines ?? usualCodes.countsReturnLines,
    },
  };
}

/** Whom an interchange of the profile goes to, as it stands in rows: control numbers count for both sides together. */
export function partnerName({ x12: { ours, theirs } }: X12DeliveryProfile): string {
  return `${ours.qualifier}:${ours.id}>${theirs.qualifier}:${theirs.id}`;
}
