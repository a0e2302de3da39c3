import { open } from 'node:fs/promises';

/** Of a thousand SKUs one comes twice in a file, first with a quantity that its last row takes back. */
const REPEATED_EVERY = 1_000;
const ROWS_PER_BLOCK = 50_000;
const STALE_QUANTITY = 7_777;

/** The same feed at different times: 0 is what the shop was filled with, every other one has a twentieth changed. */
export type Edition = number;

/** Rows of a file with so many SKUs. */
export function rowsOf(skus: number): number {
  return skus + Math.floor(skus / REPEATED_EVERY);
}

export function changedOf(skus: number): number {
  let count = 0;
  for (let sku = 1; sku <= skus; sku++) if (isChanged(sku)) count += 1;
  return count;
}

/** One in twenty, spread over the file as sales are. */
function isChanged(sku: number): boolean {
  return (Math.imul(sku, 2_654_435_761) >>> 8) % 20 === 0;
}

function skuName(sku: number): string {
  return `SKU-${String(sku).padStart(7, '0')}`;
}

function quantityOf(sku: number, edition: Edition): number {
  return 1 + (sku % 500) + (isChanged(sku) ? edition : 0);
}

/** The rows in the order of the file: SKU, quantity, cost. */
function* rows(skus: number, edition: Edition): Generator<[sku: string, quantity: number, cost: string]> {
  for (let sku = REPEATED_EVERY; sku <= skus; sku += REPEATED_EVERY)
    yield [skuName(sku), STALE_QUANTITY, '10.99'];
  for (let sku = 1; sku <= skus; sku++) yield [skuName(sku), quantityOf(sku, edition), '10.99'];
}

/** The feed as a seller sends it. */
export async function writeFeed(path: string, skus: number, edition: Edition): Promise<void> {
  const file = await open(path, 'w');
  let block = 'SupplierSKU,Quantity,Cost\n';
  let gathered = 0;
  for (const [sku, quantity, cost] of rows(skus, edition)) {
    block += `${sku},${quantity},${cost}\n`;
    if (++gathered % ROWS_PER_BLOCK > 0) continue;
    await file.write(block);
    block = '';
  }
  await file.write(block);
  await file.close();
}

/** The same rows as COPY reads them, ready: row number, key, quantity, cost. In blocks of the size that COPY likes. */
export function copyBlocks(skus: number, edition: Edition): Buffer[] {
  const blocks: Buffer[] = [];
  let block = '';
  let number = 1;
  for (const [sku, quantity, cost] of rows(skus, edition)) {
    block += `${++number}\t${sku.toLowerCase()}\t${quantity}\t${cost}\n`;
    if (block.length < 65_536) continue;
    blocks.push(Buffer.from(block));
    block = '';
  }
  blocks.push(Buffer.from(block));
  return blocks;
}
