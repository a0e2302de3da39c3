import { stringify } from 'csv-stringify/sync';
import type { FastifyReply } from 'fastify';

type Cell = string | number | Date | null;

/** A list as a file for spreadsheets, hence no cell that one would take for a formula. */
export function sendCsv(
  reply: FastifyReply,
  name: string,
  head: readonly string[],
  rows: readonly (readonly Cell[])[],
): FastifyReply {
  const shown = rows.map((row) => row.map((cell) => (cell instanceof Date ? cell.toISOString() : cell)));
  const content = stringify([[...head], ...shown], { record_delimiter: '\r\n', escape_formulas: true });
  return reply
    .type('text/csv; charset=utf-8')
    .header('cache-control', 'no-store')
    .header('content-disposition', `attachment; filename="${name}.csv"`)
    .send(content);
}
