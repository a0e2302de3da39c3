import pg from 'pg';

const { TIMESTAMPTZ } = pg.types.builtins;

type TypeId = Parameters<typeof pg.types.getTypeParser>[0];

/** `2026-11-30 14:00:00.123456+00`, as sessions that speak UTC write a time of a year with four digits. */
const PLAIN = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})?\+00$/;

const driversWay: (text: string) => Date = pg.types.getTypeParser(TIMESTAMPTZ);

/** What the driver makes of columns. Times take a shorter way than its own: pages of rows have them by the hundred thousand. */
export const columnTypes: pg.CustomTypesConfig = {
  getTypeParser: ((oid: TypeId, format: 'text' | 'binary' = 'text') =>
    oid === TIMESTAMPTZ && format === 'text'
      ? readTime
      : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
};

/** By Node's own reader of ISO 8601, cut to milliseconds. What is written otherwise (infinity, another zone) goes the driver's way. */
export function readTime(text: string): Date {
  return PLAIN.test(text) ? new Date(`${text.slice(0, 10)}T${text.slice(11, -3)}Z`) : driversWay(text);
}
