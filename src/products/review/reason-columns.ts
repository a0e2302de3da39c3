/**
 * Columns by the words with which TikTok's reviewers name a place. UNCONFIRMED: the whole list of them. The first that fits counts;
 * TikTok's own words are shown beside it in any case.
 */
const columns: readonly (readonly [RegExp, string])[] = [
  [/size ?chart/i, 'Size Chart'],
  [/certificat|qualification|document|license/i, 'Certificate'],
  [/variant|variation|sku/i, 'Variant Image'],
  [/image|picture|photo/i, 'Image 1'],
  [/video/i, 'Video'],
  [/descri|detail/i, 'Description'],
  [/name|title/i, 'Title'],
  [/categor/i, 'Category'],
  [/brand|trademark/i, 'Brand'],
  [/price/i, 'Cost'],
  [/attribute|propert/i, 'Attribute'],
  [/weight|dimension|package/i, 'Weight'],
  [/manufacturer/i, 'Manufacturer'],
  [/responsible/i, 'Responsible Person'],
];

/** Null where the words name no column that we know. */
export function columnOfPosition(position: string): string | null {
  return columns.find(([words]) => words.test(position))?.[1] ?? null;
}
