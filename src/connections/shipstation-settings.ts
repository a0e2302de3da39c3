/** What a shop sets for ShipStation; entries of the catalogue in settings.ts. */

/** How an order stands for a packer, with ShipStation's word for it where the seller has given no other. */
const WORDS = { awaiting: 'paid', 'on-hold': 'on_hold', shipped: 'shipped', cancelled: 'cancelled' };
const STATES = Object.keys(WORDS);
const MOST_FIELDS = 3;
const LONGEST_WORD = 50;

export const shipStationSettings = {
  shipStationStatuses: {
    default: WORDS,
    meaning:
      'Words that ShipStation is shown for orders that are to be packed (awaiting), on hold, shipped and cancelled. The same words stand in the settings of the store in ShipStation, letter by letter. What is left out keeps its word.',
    feeds: 'ShipStation',
    problem: (value: unknown): string | null =>
      isTable(value) &&
      Object.entries(value).every(([state, word]) => STATES.includes(state) && isWord(word)) &&
      new Set(Object.values({ ...WORDS, ...value })).size === STATES.length
        ? null
        : `must be an object of different words of at most ${LONGEST_WORD} letters, digits, blanks, - and _ for ${STATES.join(', ')}`,
  },
  shipStationCustomFields: {
    default: ['TikTokPackageId', 'ShipBy', 'TravelsWith'],
    meaning:
      'What the custom fields 1 to 3 of an order show in ShipStation: LogicbrokerKey, TikTokPackageId, TikTokOrderLineId, TikTokDeliveryOptionId, TikTokWarehouseId, TikTokOrderType, ShipBy, TravelsWith, or the name of an attribute that the shop adds to its orders.',
    feeds: 'ShipStation',
    problem: (value: unknown): string | null =>
      Array.isArray(value) &&
      value.length <= MOST_FIELDS &&
      value.every((name) => typeof name === 'string' && name.trim() !== '' && name.length <= 100)
        ? null
        : `must be a list of at most ${MOST_FIELDS} names`,
  },
};

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isWord(value: unknown): boolean {
  return typeof value === 'string' && value.length <= LONGEST_WORD && /^[\w -]+$/.test(value);
}
