import type { FeedField } from '../../imports/file-layout.js';
import { MOST_IMAGES, MOST_OPTIONS, imageField, optionField } from '../content/product-fields.js';
import { PARENT_NAMES, PRICE_NAMES, SKU_NAMES } from './column-names.js';

/** What columns of a product feed may mean, for files whose header is not understood by itself. */
export const productFields: readonly FeedField[] = [
  {
    name: 'Merchant SKU',
    meaning: 'the seller SKU in TikTok',
    aliases: SKU_NAMES.filter((name) => name !== 'Id'),
    hints: ['sku', 'artikel', 'article', 'артикул', 'ref', '货号', '商品番号'],
    looksLike: 'sku',
    isNeeded: true,
  },
  {
    name: 'Parent SKU',
    meaning: 'the product that the SKU is one of',
    aliases: PARENT_NAMES,
    hints: ['parent', 'ascendente', 'родитель', 'eltern', 'padre'],
  },
  {
    name: 'Title',
    meaning: 'the name of the product',
    hints: ['title', 'name', 'nome', 'nombre', 'имя', 'titel', '名'],
  },
  {
    name: 'Description',
    meaning: 'what buyers read about it',
    hints: ['descri', 'beschreibung', 'описание', '説明'],
  },
  { name: 'Category', meaning: 'the category in TikTok', hints: [] },
  {
    name: 'Category Hint',
    meaning: 'the category in another system',
    hints: ['categor', 'kategor', 'категор'],
  },
  { name: 'Brand', meaning: 'the brand', hints: ['brand', 'marke', 'marca', 'marque', 'бренд'] },
  {
    name: 'Cost',
    meaning: 'the price that TikTok is to show',
    aliases: PRICE_NAMES,
    hints: ['price', 'preis', 'prix', 'precio', 'prezzo', 'preço', 'цена', '价格', '価格'],
    isChosen: true,
  },
  { name: 'List Price', meaning: 'the price before, struck through', hints: [] },
  {
    name: 'Quantity',
    meaning: 'pieces for a new listing',
    hints: ['stock', 'estoque', 'bestand', 'qty', 'остат'],
    looksLike: 'whole',
  },
  { name: 'Warehouse Code', meaning: 'the warehouse of the quantity' },
  { name: 'GTIN', meaning: 'GTIN, EAN, UPC, ISBN or JAN', hints: ['ean', 'gtin', 'barcode', 'upc'] },
  { name: 'Weight', meaning: 'weight of the package', hints: ['weight', 'peso', 'gewicht', 'вес', 'poids'] },
  { name: 'Weight Unit', meaning: 'unit of the weight' },
  { name: 'Length', meaning: 'length of the package' },
  { name: 'Width', meaning: 'width of the package' },
  { name: 'Height', meaning: 'height of the package' },
  { name: 'Dimension Unit', meaning: 'unit of the size' },
  {
    name: 'Images',
    meaning: 'addresses of pictures, several with commas',
    hints: ['image', 'imagen', 'bild', 'изображ', 'photo', 'foto', '画像'],
  },
  ...numbered(MOST_IMAGES).map((nth) => ({
    name: imageField(nth),
    meaning: `address of picture ${nth + 1}`,
  })),
  { name: 'Variant Image', meaning: 'address of the picture of the SKU' },
  ...numbered(MOST_OPTIONS).flatMap((nth) => [
    { name: optionField(nth, 'Name'), meaning: `name of option ${nth + 1}, such as Color` },
    { name: optionField(nth, 'Value'), meaning: `value of option ${nth + 1}, such as Red` },
  ]),
  { name: 'Color', meaning: 'colour of the SKU' },
  { name: 'Size', meaning: 'size of the SKU' },
  { name: 'Size Chart', meaning: 'id of a size chart, or address of its picture' },
  { name: 'Action', meaning: 'Upsert, Deactivate, Activate, Delete, Recover or RemoveVariant' },
  { name: 'Attribute', meaning: 'an attribute of the category, which is named behind it', ofEach: true },
];

function numbered(count: number): number[] {
  return Array.from({ length: count }, (_, nth) => nth);
}
