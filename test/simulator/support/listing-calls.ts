import { deflateSync } from 'node:zlib';

import type { Simulator } from '../../../src/simulator/server.js';
import { first, rows, textOf, type Json, type Reply } from './mini-client.js';
import { freshShop, type ProductClient } from './product-calls.js';

const made = new Map<string, Buffer>();

/** A real PNG of one colour. */
export function png(width: number, height = width): Buffer {
  const key = `${width}x${height}`;
  const image = made.get(key) ?? newPng(width, height);
  made.set(key, image);
  return image;
}

function newPng(width: number, height: number): Buffer {
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    const check = Buffer.alloc(4);
    check.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, check]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 0, 0, 0, 0], 8);
  const row = Buffer.alloc(width + 1);
  const pixels = deflateSync(Buffer.concat(Array.from({ length: height }, () => row)), { level: 1 });
  const mark = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
  return Buffer.concat([mark, chunk('IHDR', header), chunk('IDAT', pixels), chunk('IEND', Buffer.alloc(0))]);
}

function crc32(bytes: Buffer): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return ~crc >>> 0;
}

export function form(parts: Readonly<Record<string, string | Buffer>>): {
  bytes: Buffer;
  contentType: string;
} {
  const boundary = 'simple0boundary';
  const pieces = Object.entries(parts).flatMap(([name, value]) => {
    const file = typeof value === 'string' ? '' : `; filename="${name}.bin"`;
    const head = `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${file}\r\n\r\n`;
    return [Buffer.from(head), Buffer.from(value), Buffer.from('\r\n')];
  });
  const bytes = Buffer.concat([...pieces, Buffer.from(`--${boundary}--\r\n`)]);
  return { bytes, contentType: `multipart/form-data; boundary=${boundary}` };
}

/** A shop that lists products, with what its market asks for. */
export interface ListingShop extends ProductClient {
  upload(bytes: Buffer, useCase?: string): Promise<Reply>;
  uploadFile(bytes: Buffer, name: string): Promise<Reply>;
  /** The uri of an image that was uploaded for this use. */
  image(useCase: string, side?: number): Promise<string>;
  /** A body that a create takes as it is. */
  body(extra?: object): Promise<Json>;
  create(body: object): Promise<Reply>;
  /** Creates the product and lets it pass its audit. Gives its id and those of its SKUs. */
  live(extra?: object): Promise<{ id: string; skus: string[] }>;
  edit(id: string, body: object): Promise<Reply>;
  partialEdit(id: string, body: object): Promise<Reply>;
  check(body: object): Promise<Reply>;
  warehouse: string;
}

/** Leaves of the made and of the Indonesian tree that ask for little. */
const plainLeaf: Readonly<Record<string, { id: string; version: string }>> = {};

export function listingShop(
  simulator: Simulator,
  region = 'US',
  sellerType: 'LOCAL' | 'CROSS_BORDER' = 'LOCAL',
): ListingShop {
  const { control } = simulator;
  const client = freshShop(simulator, region, sellerType);
  const warehouse =
    control.warehouses(client.shopId).find(({ type }) => type === 'SALES_WAREHOUSE')?.id ?? '';
  const sent = (path: string, parts: Readonly<Record<string, string | Buffer>>): Promise<Reply> => {
    const { bytes, contentType } = form(parts);
    return client.call('POST', path, { rawBody: bytes, contentType, cipher: '' });
  };
  let mainImage: string | undefined;
  const shop: ListingShop = {
    ...client,
    warehouse,
    upload: (data, use_case) =>
      sent('/product/202309/images/upload', { data, ...(use_case === undefined ? {} : { use_case }) }),
    uploadFile: (data, name) => sent('/product/202309/files/upload', { data, name }),
    image: async (useCase, side = 600) => textOf((await shop.upload(png(side), useCase)).data['uri']),
    body: async (extra = {}) => ({
      title: 'Stoneware mug with a glazed inside and a big handle',
      description: '<p>A mug of stoneware, glazed inside, for dishwashers.</p>',
      ...(await leafOf(shop, region)),
      main_images: [{ uri: (mainImage ??= await shop.image('MAIN_IMAGE')) }],
      package_weight: { value: '0.5', unit: 'KILOGRAM' },
      package_dimensions: { length: '12', width: '10', height: '10', unit: 'CENTIMETER' },
      skus: [sku(simulator, shop, 'MUG-1')],
      ...extra,
    }),
    create: (body) => client.call('POST', '/product/202309/products', { body }),
    live: async (extra) => {
      const made = await shop.create(await shop.body(extra));
      if (made.code !== 0) throw new Error(`create refused: ${made.code} ${made.message}`);
      control.setClock({ advanceSeconds: control.behaviour().productAuditSec });
      const skus = rows(made.data['skus']).map((one) => textOf(one['id']));
      return { id: textOf(made.data['product_id']), skus };
    },
    edit: (id, body) => client.call('PUT', `/product/202509/products/${id}`, { body }),
    partialEdit: (id, body) => client.call('POST', `/product/202509/products/${id}/partial_edit`, { body }),
    check: (body) => client.call('POST', '/product/202309/products/listing_check', { body }),
  };
  return shop;
}

/** A SKU without sales attributes. */
export function sku(
  { control }: Simulator,
  shop: Pick<ListingShop, 'shopId' | 'warehouse'>,
  sellerSku: string,
  extra: object = {},
): Json {
  const currency = control.shops().find(({ id }) => id === shop.shopId)?.currency ?? '';
  return {
    seller_sku: sellerSku,
    price: { amount: currency === 'IDR' || currency === 'VND' ? '100000' : '100', currency },
    inventory: [{ warehouse_id: shop.warehouse, quantity: 20 }],
    ...extra,
  };
}

/** A SKU of a colour, under an attribute of the seller's own. */
export function coloured(
  simulator: Simulator,
  shop: Pick<ListingShop, 'shopId' | 'warehouse'>,
  colour: string,
  extra: object = {},
): Json {
  return sku(simulator, shop, `MUG-${colour}`, {
    sales_attributes: [{ name: 'Glaze', value_name: colour }],
    ...extra,
  });
}

/** The first leaf without rules, and what it must have. */
async function leafOf(shop: ListingShop, region: string): Promise<Json> {
  const known = (plainLeaf as Record<string, Json>)[region];
  if (known !== undefined) return known;
  const version = ['US', 'ID', 'MY', 'PH', 'SG', 'TH', 'VN'].includes(region) ? 'v2' : 'v1';
  const query = { category_version: version };
  const all = await shop.call('GET', '/product/202309/categories', { query });
  for (const category of rows(all.data['categories'])) {
    if (category['is_leaf'] !== true || String(category['permission_statuses']) !== 'AVAILABLE') continue;
    const id = textOf(category['id']);
    const rules = await shop.call('GET', `/product/202309/categories/${id}/rules`, { query });
    const offered = await shop.call('GET', `/product/202309/categories/${id}/attributes`, { query });
    const needsCertificate = rows(rules.data['product_certifications']).some(
      (one) => one['is_required'] === true,
    );
    const chart = rules.data['size_chart'] as Json;
    const dangers = rows(offered.data['attributes']).filter((one) => one['is_requried'] === true);
    const entity = (rules.data['manufacturer'] as Json | undefined)?.['is_required'] === true;
    if (needsCertificate || chart['is_required'] === true || entity || dangers.length > 4) continue;
    const leaf = {
      category_id: id,
      category_version: version,
      product_attributes: dangers.map((one) => ({
        id: one['id'],
        values: [valueOf(rows(one['values']))],
      })),
    };
    (plainLeaf as Record<string, Json>)[region] = leaf;
    return leaf;
  }
  throw new Error(`no plain leaf in ${region}`);
}

/** "No" where that is offered: other answers ask for more. */
function valueOf(values: Json[]): Json {
  const chosen = values.find(({ name }) => name === 'No') ?? first(values);
  return 'id' in chosen ? { id: chosen['id'] } : { name: 'None' };
}
