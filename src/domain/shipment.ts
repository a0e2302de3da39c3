import type { OrderLine, OrderReference } from './order.js';

/**
 * A shipment in this program's own words. Pure data: `logicbroker/read-shipment` makes it from the ERP's document,
 * `plan-shipment` turns it into packages. `path` leads back to the place in the ERP's document, for messages.
 */
export interface ShipmentInput {
  shipmentNumber: string;
  /** Null where the ERP gave none. */
  shipmentDate: Date | null;
  /** Stored, but not sent until its status is set to Submitted. */
  isDraft: boolean;
  order: OrderReference;
  lines: ShipmentLine[];
  /** What was understood in another way than it was written, or left aside. */
  remarks: string[];
}

export interface ShipmentLine {
  path: string;
  lineNumber: string | null;
  supplierSku: string | null;
  merchantSku: string | null;
  /** Pieces, as the line itself says; must be what its cartons hold together. */
  quantity: number | null;
  /** Unit ids that the ERP names; empty: any unit of the line. */
  unitIds: string[];
  /** Never empty: a line without own cartons travels in the one of the header. */
  cartons: Carton[];
}

/** One parcel, or the part of it that holds pieces of one line. Several with one tracking number are one parcel. */
export interface Carton {
  path: string;
  quantity: number | null;
  trackingNumber: string | null;
  /** Why it cannot be a tracking number; a draft may have such. */
  trackingProblem: string | null;
  carrier: CarrierHint;
  /** TikTok's package that these pieces are in, where the ERP names it. */
  packageId: string | null;
  /** Where in the document it names it: the carton, its line or the header. */
  packageIdPath: string;
  unitIds: string[];
}

/** What the ERP tells about the carrier; `match-provider` makes one of TikTok's providers of it. */
export interface CarrierHint {
  path: string;
  /** TikTok's own provider id. */
  providerId: string | null;
  /** A carrier's name, or a code such as `UPSN`. */
  carrierCode: string | null;
  /** The ship method; tells the carrier where the carrier code does not. */
  classCode: string | null;
}

/** The order as far as shipping is concerned. */
export interface ShippableOrder {
  lines: Pick<OrderLine, 'lineNumber' | 'supplierSku' | 'merchantSku' | 'skuId' | 'bundle'>[];
  units: ShippableUnit[];
  /** Setting caseSensitiveSkus. */
  caseSensitive?: boolean;
}

export interface ShippableUnit {
  unitId: string;
  lineNumber: string | null;
  skuId: string;
  cancelled: boolean;
  /** TikTok shows it as shipped, whoever did it. */
  shipped: boolean;
  /** The shipment document that claims it. */
  shipmentKey: number | null;
  packageId: string | null;
  /** Under which TikTok shows it as shipped. */
  trackingNumber: string | null;
}

/** How the shop's region lets a seller ship; see tiktok/regions.ts. */
export interface ShippingRules {
  model: ShippingModel;
  grain: SplitGrain;
}

/** One tracking number, one package, one effect on TikTok. */
export interface PlannedPackage {
  /** From 1, in order of appearance in the document. */
  position: number;
  trackingNumber: string;
  carrier: CarrierHint;
  /** Ascending. */
  unitIds: string[];
  /** The package that TikTok already has for exactly these units; null where it is made by shipping or splitting. */
  tiktokPackageId: string | null;
  /** TikTok must split the order before this package exists. */
  needsSplit: boolean;
  /** TikTok has these pieces under this number already: nothing is sent. */
  isShipped: boolean;
}

/** Which pieces a line of the document turned out to be; the stored document tells the ERP. */
export interface PlannedPart {
  /** Path of the carton. */
  path: string;
  linePath: string;
  lineNumber: string;
  unitIds: string[];
  position: number;
  /** Pieces of the line's goods in one unit, where that is not one: of a part of a bundle. */
  piecesEach?: number;
}

export interface ShipmentPlan {
  packages: PlannedPackage[];
  parts: PlannedPart[];
}

/** A package that TikTok has taken, of a shipment that is sent again with another content: it stays as it is. */
interface KeptPackage {
  position: number;
  trackingNumber: string;
  tiktokPackageId: string | null;
  unitIds: readonly string[];
}

/** What is there of a shipment that is sent again with another content. */
export interface ReplacedPackages {
  kept: readonly KeptPackage[];
  /** Positions up to this one are taken. */
  lastPosition: number;
}

/** Of a shipment that is new, or was a draft. */
export const nothingReplaced: ReplacedPackages = { kept: [], lastPosition: 0 };

/** A unit that no one has shipped, cancelled or claimed. */
export function isFree(unit: ShippableUnit): boolean {
  return !unit.cancelled && !unit.shipped && unit.shipmentKey === null;
}

const ON_ITS_WAY = new Set(['AWAITING_COLLECTION', 'IN_TRANSIT', 'DELIVERED', 'COMPLETED']);

/** TikTok shows orders and pieces so once they are shipped, with or without a time of shipping. */
export function isOnItsWay(tiktokStatus: string): boolean {
  return ON_ITS_WAY.has(tiktokStatus);
}

/**
 * How a seller ships with an own carrier, by the region of the shop (TikTok: Mark Package As Shipped, Ship Package):
 * `mark-shipped` makes the package while shipping it, `ship-package` ships a package that exists already.
 */
export type ShippingModel = 'mark-shipped' | 'ship-package';

/** The smallest part of an order that can travel in a package of its own. */
export type SplitGrain = 'unit' | 'whole-sku';
