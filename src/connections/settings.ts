import { yesOrNo, wholeProblem, oneOfProblem, isCodeTable, isTime, isNamedText } from './setting-problems.js';
import { deliveryProfilesProblem, type DeliveryProfile } from '../companies/delivery-profile.js';
import { shipStationSettings } from './shipstation-settings.js';
import { AppError, type ErrorDetail } from '../kernel/errors.js';

/**
 * The one catalogue of what can be set per connection; API, pages and docs/settings.md take keys, defaults and meanings from here.
 * Schedules are not here: each flow's row has its own.
 */
export interface ConnectionSettings {
  remorseMinutes: number;
  importCreatedAfter: string | null;
  breakUpBundles: boolean;
  constantAttributes: { name: string; value: string }[];
  autoMatch: boolean;
  caseSensitiveSkus: boolean;
  ignoreUnmatched: boolean;
  latestFeedOnly: boolean;
  completeFeeds: boolean;
  clearAfterDays: number;
  parkUnmatched: boolean;
  spikeBrakePercent: number;
  pushPrice: boolean;
  pushOnChange: boolean;
  warehouseCodes: Record<string, string>;
  allocationPercent: number;
  safetyBuffer: number;
  safetyPercent: number;
  countKnows: 'handed' | 'shipped' | 'everything';
  countLagMinutes: number;
  healDrift: 'lower' | 'both' | 'report';
  shipCombinedTogether: boolean;
  pullSellerCancellations: boolean;
  autoAcknowledge: boolean;
  cancelAfterReadyToShip: boolean;
  pullOtherReturns: boolean;
  acceptInvoices: boolean;
  generateProductSkus: boolean;
  imageCheckHours: number;
  updateTakenOver: boolean;
  productFeedStock: 'unnamed' | 'always' | 'never';
  categoryVersion: 'market' | 'v1' | 'v2';
  categoryRulesHours: number;
  deliveryProfiles: DeliveryProfile[];
  shipStationStatuses: Record<string, string>;
  shipStationCustomFields: string[];
}

const countKnowsChoices = ['handed', 'shipped', 'everything'] as const;
const categoryVersionChoices = ['market', 'v1', 'v2'] as const;
const productFeedStockChoices = ['unnamed', 'always', 'never'] as const;
const healDriftChoices = ['lower', 'both', 'report'] as const;

interface SettingDefinition<Value> {
  default: Value;
  /** What it does, for people. */
  meaning: string;
  /** The gate or rule that it feeds. */
  feeds: string;
  /** The values that it may have, where these are words. */
  choices?: readonly (Value & string)[];
  /** Answers what is wrong with a value, or null. */
  problem(value: unknown): string | null;
}

export const settingsCatalogue: {
  [Key in keyof ConnectionSettings]: SettingDefinition<ConnectionSettings[Key]>;
} = {
  remorseMinutes: {
    default: 60,
    meaning: 'Minutes after payment during which the buyer may cancel; an order reaches the ERP no sooner.',
    feeds: 'gate remorse-hold',
    problem: (value) =>
      Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 4320
        ? null
        : 'must be a whole number of minutes from 0 to 4320',
  },
  importCreatedAfter: {
    default: null,
    meaning:
      'Orders created before this time (ISO 8601, UTC) stay out. Empty: all that await shipment at the first pull.',
    feeds: 'gate created-after',
    problem: (value) =>
      value === null || (typeof value === 'string' && isTime(value))
        ? null
        : 'must be a date, or a time with its zone, such as 2026-01-31 or 2026-01-31T00:00:00Z; or null',
  },
  breakUpBundles: {
    default: true,
    meaning:
      'Whether a virtual bundle (TikTok: combined listing) comes as a line for each of the goods in it: these have SKUs that the ERP knows, the bundle exists in TikTok only. Without it, it stays one line with its own SKU. Orders that are out keep their lines.',
    feeds: 'order document',
    problem: yesOrNo,
  },
  constantAttributes: {
    default: [],
    meaning: 'Extended attributes with fixed values that are added to every order of this connection.',
    feeds: 'order document',
    problem: (value) =>
      Array.isArray(value) && value.length <= 50 && value.every((entry) => isNamedText(entry))
        ? null
        : 'must be a list of at most 50 {name, value} texts',
  },
  autoMatch: {
    default: false,
    meaning:
      'A SKU of a feed without a match is its own merchant SKU: for sellers whose SKUs are the same in ERP and TikTok.',
    feeds: 'matching',
    problem: yesOrNo,
  },
  caseSensitiveSkus: {
    default: false,
    meaning: 'SKUs that differ in case only are different SKUs. Takes effect with the next file.',
    feeds: 'matching',
    problem: yesOrNo,
  },
  ignoreUnmatched: {
    default: false,
    meaning:
      'Rows of a feed whose SKU has no match are not kept; without it they wait for the matching file.',
    feeds: 'feed import',
    problem: yesOrNo,
  },
  latestFeedOnly: {
    default: false,
    meaning:
      'Only what the newest feed changed is sent: changes of earlier feeds that still wait are dropped.',
    feeds: 'feed import',
    problem: yesOrNo,
  },
  completeFeeds: {
    default: false,
    meaning:
      'Every feed says all that there is: SKUs that it leaves out become 0. For systems that leave out what is sold out. An upload may say otherwise (complete).',
    feeds: 'feed import',
    problem: yesOrNo,
  },
  clearAfterDays: {
    default: 0,
    meaning: 'Items that no feed has named for so many days are removed; nothing is sent for them. 0: never.',
    feeds: 'sweep of old items',
    problem: (value) => wholeProblem(value, 0, 3650, 'days'),
  },
  parkUnmatched: {
    default: false,
    meaning:
      'Orders with a SKU that has no match wait for the matching file. Without it they go to the ERP with the seller SKU.',
    feeds: 'gate sku-matched',
    problem: yesOrNo,
  },
  spikeBrakePercent: {
    default: 0,
    meaning:
      'A feed that would set more than this share of the selling SKUs to 0, to tenfold, or to a price below half or above double is held until confirmed. 0: off.',
    feeds: 'gate spike-brake',
    problem: (value) => wholeProblem(value, 0, 100, 'percent'),
  },
  pushPrice: {
    default: true,
    meaning: 'Whether the column Cost of the inventory is sent to TikTok as the price.',
    feeds: 'gate price-wanted',
    problem: yesOrNo,
  },
  pushOnChange: {
    default: false,
    meaning: 'Whether inventory is sent some seconds after it changed, besides the schedule.',
    feeds: 'flow push-inventory',
    problem: yesOrNo,
  },
  warehouseCodes: {
    default: {},
    meaning: "The ERP's warehouse codes, each with TikTok's id of the warehouse.",
    feeds: 'gate warehouse',
    problem: (value) =>
      isCodeTable(value) ? null : 'must be an object of at most 100 {code: id of a TikTok warehouse} texts',
  },
  allocationPercent: {
    default: 100,
    meaning: 'How much of an uploaded quantity is sent, in percent, rounded down: 50 of 5 pieces is 2.',
    feeds: 'quantity sent',
    problem: (value) => wholeProblem(value, 0, 100, 'percent'),
  },
  safetyBuffer: {
    default: 0,
    meaning: 'Pieces of each SKU that are held back from TikTok.',
    feeds: 'quantity sent',
    problem: (value) => wholeProblem(value, 0, 99_999, 'pieces'),
  },
  safetyPercent: {
    default: 0,
    meaning: 'Percent of each quantity that are held back from TikTok besides, rounded up.',
    feeds: 'quantity sent',
    problem: (value) => wholeProblem(value, 0, 100, 'percent'),
  },
  countKnows: {
    default: 'handed',
    meaning:
      'Which TikTok orders the quantities of a feed are net of. handed: those that the ERP had been handed by then; shipped: those that had left the house; everything: all at once, for an ERP that sees TikTok by another way.',
    feeds: 'quantity sent',
    choices: countKnowsChoices,
    problem: (value) => oneOfProblem(value, countKnowsChoices),
  },
  countLagMinutes: {
    default: 0,
    meaning:
      'Minutes from the moment at which the ERP fetches an order until it counts without it: a feed is net of the orders before that only.',
    feeds: 'quantity sent',
    problem: (value) => wholeProblem(value, 0, 1440, 'minutes'),
  },
  healDrift: {
    default: 'lower',
    meaning:
      'What happens when TikTok shows another quantity or price than is wanted and nothing known explains it. lower: too many pieces are lowered at once, all else is told and overwritten by the next feed that names it; both: everything is put right at once; report: it is only told until the next feed.',
    feeds: 'gate drift',
    choices: healDriftChoices,
    problem: (value) => oneOfProblem(value, healDriftChoices),
  },
  shipCombinedTogether: {
    default: false,
    meaning:
      'The first shipment of a combined package (one package, several orders) ships all of its orders under its number. Without it the package waits until the shipments of all name the same number.',
    feeds: 'gate package-together',
    problem: yesOrNo,
  },
  pullSellerCancellations: {
    default: false,
    meaning:
      'Cancellations that the seller makes in TikTok Seller Center reach the ERP as acknowledgements too, like those of buyer, system and operator.',
    feeds: 'gate not-by-seller',
    problem: yesOrNo,
  },
  autoAcknowledge: {
    default: false,
    meaning:
      'Accepts every order as soon as the ERP has fetched it (200). That makes it Ready to Ship (500), which closes the window in which the seller can cancel it.',
    feeds: 'acknowledgements',
    problem: yesOrNo,
  },
  cancelAfterReadyToShip: {
    default: false,
    meaning:
      'Lets the seller cancel orders from Ready to Ship (500) on, as long as TikTok does: until Awaiting Collection, in the US until In Transit.',
    feeds: 'gate before-ready-to-ship',
    problem: yesOrNo,
  },
  pullOtherReturns: {
    default: false,
    meaning:
      'Whether refund-only and replacement requests come in beside returns with refund; they are answered in TikTok Seller Center.',
    feeds: 'gate return-and-refund',
    problem: yesOrNo,
  },
  acceptInvoices: {
    default: false,
    meaning:
      'Whether invoices that the ERP posts are kept. TikTok takes none: a kept invoice is Ignored (1400) and sent nowhere. Without it they are refused.',
    feeds: 'gate invoices-accepted',
    problem: yesOrNo,
  },
  generateProductSkus: {
    default: false,
    meaning:
      'Variants of a product feed without a seller SKU, or with one that several share, get one made of the parent and the options. Off: such rows are refused.',
    feeds: 'product feeds',
    problem: yesOrNo,
  },
  imageCheckHours: {
    default: 24,
    meaning:
      'Age at which the image behind an address of a product feed is asked for again, to see whether the seller has changed it. Younger ones are not fetched.',
    feeds: 'product feeds',
    problem: (value) => wholeProblem(value, 1, 720, 'hours'),
  },
  updateTakenOver: {
    default: false,
    meaning:
      'Listings that were in TikTok before are changed without anybody having confirmed the difference. Off: nothing changes before somebody has.',
    feeds: 'gate product-confirmed',
    problem: yesOrNo,
  },
  productFeedStock: {
    default: 'unnamed',
    meaning:
      'Whether quantities and prices of product feeds count for products that are in TikTok already, from their send on. unnamed: where no inventory feed has named the SKU. always: as those of an inventory feed. never: for new products only.',
    feeds: 'flow push-products',
    choices: productFeedStockChoices,
    problem: (value) => oneOfProblem(value, productFeedStockChoices),
  },
  categoryVersion: {
    default: 'market',
    meaning:
      "Tree of categories that products are listed in. market: the one of the shop's market by the table in docs/products.md; v1 or v2 where TikTok has moved the market since.",
    feeds: 'feed specification',
    choices: categoryVersionChoices,
    problem: (value) => oneOfProblem(value, categoryVersionChoices),
  },
  categoryRulesHours: {
    default: 24,
    meaning:
      'Age at which categories and their rules are read from TikTok again. They are read sooner when a product is refused for a rule.',
    feeds: 'feed specification',
    problem: (value) => wholeProblem(value, 1, 720, 'hours'),
  },
  deliveryProfiles: {
    default: [],
    meaning:
      'Which documents of this shop go as files, by which channel and in which format; of X12 with whom: see docs/files.md. A profile of a name that the company has, too, takes its place.',
    feeds: 'deliveries',
    problem: deliveryProfilesProblem,
  },
  ...shipStationSettings,
};

/** Stored differences over the catalogue's defaults. Unknown keys (of another version) are left out. */
export function readSettings(stored: unknown): ConnectionSettings {
  const given = typeof stored === 'object' && stored !== null ? (stored as Record<string, unknown>) : {};
  const entries = Object.entries(settingsCatalogue).map(([key, definition]) => {
    const value = given[key];
    return [key, value === undefined || definition.problem(value) ? definition.default : value];
  });
  return Object.fromEntries(entries) as ConnectionSettings;
}

/**
 * Checks what somebody wants to set.
 * @throws AppError invalid-request naming every key that is unknown or has a bad value
 */
export function checkSettings(given: Record<string, unknown>): Partial<ConnectionSettings> {
  const details: ErrorDetail[] = [];
  for (const [key, value] of Object.entries(given)) {
    const definition = Object.hasOwn(settingsCatalogue, key)
      ? settingsCatalogue[key as keyof ConnectionSettings]
      : undefined;
    const problem = definition
      ? definition.problem(value)
      : `is not a setting; known are ${Object.keys(settingsCatalogue).join(', ')}`;
    if (problem) details.push({ field: key, message: `${key} ${problem}` });
  }
  if (details.length > 0) throw new AppError('invalid-request', 'Some settings are not valid.', { details });
  return given;
}
