import type { GroupRow } from './grouped-product.js';

/**
 * The pictures of a product: of its parent, of its rows in their order, or by the places that the file gives them. In files
 * whose pictures are of SKUs those of the first row are the product's, and every SKU with another main picture has it as its
 * own.
 */
export function imagesOfGroup(
  parents: readonly GroupRow[],
  rows: readonly GroupRow[],
): { images: string[]; ofSkus: ReadonlyMap<number, string> } {
  const ofParents = parents.flatMap(({ images }) => images);
  const hasParentImages = ofParents.length > 0;
  const [first] = rows;
  const ofRows = rows.flatMap((row) =>
    row.images.filter(
      ({ isOfSku }) => row.role === 'image' || !isOfSku || (!hasParentImages && row === first),
    ),
  );
  const placed = [...ofParents, ...ofRows].map((image, order) => ({ ...image, order }));
  const isPlaced = placed.every(({ position }) => position !== null);
  const sorted = isPlaced
    ? placed.toSorted((a, b) => a.position! - b.position! || a.order - b.order)
    : placed;
  const images = [...new Set(sorted.map(({ url }) => url))];
  return { images, ofSkus: skuImages(rows) };
}

function skuImages(rows: readonly GroupRow[]): ReadonlyMap<number, string> {
  const mains = rows.flatMap((row) => {
    const main = row.role === 'variant' ? row.images.find(({ isOfSku }) => isOfSku) : undefined;
    return main ? [{ row: row.rowNumber, url: main.url }] : [];
  });
  const isVaried = new Set(mains.map(({ url }) => url)).size > 1;
  return new Map(isVaried ? mains.map(({ row, url }) => [row, url]) : []);
}
