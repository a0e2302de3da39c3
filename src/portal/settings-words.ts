import { settingsCatalogue, type ConnectionSettings } from '../connections/settings.js';
import { inWords } from './parts/value-tree.js';

export type SettingKey = keyof ConnectionSettings;

interface Words {
  group: string;
  label: string;
  unit?: string;
}

const [ORDERS, STOCK, BACK, PRODUCTS, SHIPSTATION] = [
  'Orders',
  'Inventory and prices',
  'Cancellations and returns',
  'Products',
  'ShipStation',
];

/** Settings in words for people, in the order of the page. What has no words yet is shown by its name, in the last group. */
const words: Partial<Record<SettingKey, Words>> = {
  remorseMinutes: { group: ORDERS, label: 'Hold after payment', unit: 'minutes' },
  importCreatedAfter: { group: ORDERS, label: 'Import orders created after' },
  breakUpBundles: { group: ORDERS, label: 'Break bundles up into their goods' },
  parkUnmatched: { group: ORDERS, label: 'Hold orders with SKUs that have no match' },
  shipCombinedTogether: { group: ORDERS, label: 'Ship combined orders together' },
  autoAcknowledge: { group: ORDERS, label: 'Accept orders when the ERP has fetched them' },
  acceptInvoices: { group: ORDERS, label: 'Keep invoices' },
  constantAttributes: { group: ORDERS, label: 'Constant attributes, one name=value a line' },
  warehouseCodes: { group: STOCK, label: 'Warehouse codes, one code=TikTok id a line' },
  autoMatch: { group: STOCK, label: 'A SKU without a match is its own' },
  caseSensitiveSkus: { group: STOCK, label: 'SKUs that differ in case are different' },
  ignoreUnmatched: { group: STOCK, label: 'Leave out feed rows without a match' },
  latestFeedOnly: { group: STOCK, label: 'Send only what the newest feed changed' },
  completeFeeds: { group: STOCK, label: 'Every feed says all that there is' },
  clearAfterDays: { group: STOCK, label: 'Remove items that no feed has named for', unit: 'days; 0: never' },
  spikeBrakePercent: {
    group: STOCK,
    label: 'Hold feeds that change more than',
    unit: '% of the SKUs; 0: never',
  },
  pushOnChange: { group: STOCK, label: 'Send changes at once, beside the schedule' },
  pushPrice: { group: STOCK, label: 'Send prices' },
  allocationPercent: { group: STOCK, label: 'Share of the stock that this shop gets', unit: '%' },
  safetyBuffer: { group: STOCK, label: 'Pieces of each SKU held back', unit: 'pieces' },
  safetyPercent: { group: STOCK, label: 'Share of each SKU held back', unit: '%' },
  countKnows: { group: STOCK, label: 'Orders that a count of the ERP knows of' },
  countLagMinutes: { group: STOCK, label: 'A count knows of orders after', unit: 'minutes' },
  healDrift: { group: STOCK, label: 'When TikTok shows another quantity than wanted' },
  pullSellerCancellations: { group: BACK, label: 'Tell the ERP of cancellations made in Seller Center' },
  cancelAfterReadyToShip: { group: BACK, label: 'Let the ERP cancel after Ready to Ship' },
  pullOtherReturns: { group: BACK, label: 'Bring refund-only and replacement requests too' },
  generateProductSkus: { group: PRODUCTS, label: 'Make SKUs for variants without one' },
  imageCheckHours: { group: PRODUCTS, label: 'Look at images again after', unit: 'hours' },
  updateTakenOver: { group: PRODUCTS, label: 'Update listings that were there before' },
  categoryVersion: { group: PRODUCTS, label: 'Tree of categories' },
  categoryRulesHours: { group: PRODUCTS, label: 'Read the rules of categories again after', unit: 'hours' },
  shipStationStatuses: { group: SHIPSTATION, label: 'Words of the states, one state=word a line' },
  shipStationCustomFields: { group: SHIPSTATION, label: 'Custom fields 1 to 3, one a line' },
};

export function labelOf(key: SettingKey): string {
  return words[key]?.label ?? inWords(key);
}

export function unitOf(key: SettingKey): string | undefined {
  return words[key]?.unit;
}

/** All settings in their groups; none is left out, whatever a version adds. */
export function settingGroups(): { title: string; keys: SettingKey[] }[] {
  const all = Object.keys(settingsCatalogue) as SettingKey[];
  const known = Object.keys(words) as SettingKey[];
  const ordered = [...known.filter((key) => all.includes(key)), ...all.filter((key) => !known.includes(key))];
  const titles = [...new Set(ordered.map((key) => words[key]?.group ?? 'Others'))];
  return titles.map((title) => ({
    title,
    keys: ordered.filter((key) => (words[key]?.group ?? 'Others') === title),
  }));
}
