/** Logicbroker: Return Specification, the usual values of ReturnReasonCode. */
const OTHER = '16';

/**
 * TikTok's reasons by the end of their key; what stands before it differs by market and by the state of the order, and the
 * UK adds `_uk`. Keys hold apostrophes and commas.
 */
const codes: readonly [ending: string, code: string][] = [
  ['wrong_product', '1'],
  ['missing_product', '2'],
  ['shipping_box_damaged,_but_item_is_ok', '3'],
  ['damaged', '3'],
  ['item_arrived_too_late', '5'],
  ['not_arrive_on_time', '5'],
  ['not_match_description', '9'],
  ['fabric,_material_or_style_not_as_expected', '9'],
  ['defective', '10'],
  ["item_doesn't_fit", '13'],
  ['color_or_pattern_not_as_expected', '14'],
  ['no_need', '15'],
  ['no_longer_needed', '15'],
  ['better_price', '17'],
  ['created_by_mistakes', '18'],
];

/** The ReturnReasonCode for a key of TikTok's; 16 (other) for one that is not known. */
export function returnReasonCode(key: string | null): string {
  const plain = (key ?? '').replace(/_uk$/, '');
  return codes.find(([ending]) => plain.endsWith(ending))?.[1] ?? OTHER;
}
