/** Unit ids of a line or carton, comma-joined, as the order document lists them. */
export const UNIT_IDS = 'TikTokOrderLineId';

/** The article writes it with the underscore; where there are several, a number follows. */
export const PACKAGE_ID = 'TikTokPackageId_';

/** Pieces of a line that are in no parcel of the shipment: cancelled just before, or shipped otherwise. */
export const LEFT_OUT = 'TikTokLeftOutOrderLineId';

export function isUnitIds(name: string): boolean {
  return name.toLowerCase() === UNIT_IDS.toLowerCase();
}

export function isPackageId(name: string): boolean {
  return /^TikTokPackageId_\d*$/i.test(name);
}

/** On a parcel: the number that TikTok shows in place of the ERP's, which somebody else has corrected. */
export const TIKTOK_NUMBER = 'TikTokTrackingNumber';
