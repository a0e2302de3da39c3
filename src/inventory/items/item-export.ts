import { stringify } from 'csv-stringify/sync';
import type { FileWish } from '../../http/file-answer.js';
import { itemColumns, itemRow, renderItem } from '../../logicbroker/map-inventory.js';
import type { Tx } from '../../store/database.js';
import { mostWarehouses, readItems, type ItemFilter } from './item-store.js';

export type ExportOptions = ItemFilter & FileWish;

/**
 * All items of the connections as one text, piece by piece. CSV has the columns that an upload takes, so that a file can
 * be edited and sent back; it is for machines too, so values are as they are, without an apostrophe before formulas.
 */
export async function* exportItems(
  tx: Tx,
  connectionIds: readonly number[],
  options: ExportOptions,
): AsyncGenerator<string> {
  if (options.fileType === 'json') yield* exportJson(tx, connectionIds, options);
  else yield* exportCsv(tx, connectionIds, options);
}

async function* exportCsv(
  tx: Tx,
  connectionIds: readonly number[],
  options: ExportOptions,
): AsyncGenerator<string> {
  const format = { delimiter: options.delimiter, record_delimiter: '\r\n' };
  const warehouses = await mostWarehouses(tx, connectionIds);
  yield stringify([itemColumns(warehouses)], format);
  for (const connectionId of connectionIds) {
    for await (const page of readItems(tx, connectionId, options)) {
      yield stringify(
        page.map((item) => itemRow(item, warehouses)),
        format,
      );
    }
  }
}

async function* exportJson(
  tx: Tx,
  connectionIds: readonly number[],
  options: ExportOptions,
): AsyncGenerator<string> {
  let separator = '[';
  for (const connectionId of connectionIds) {
    for await (const page of readItems(tx, connectionId, options)) {
      yield separator + page.map((item) => renderItem(item)).join(',');
      separator = ',';
    }
  }
  yield separator === '[' ? '[]' : ']';
}
