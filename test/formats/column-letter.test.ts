import t from 'tap';
import { columnLetter } from '../../src/formats/column-letter.js';

await t.test('columns are named as a spreadsheet names them', (t) => {
  const names = [0, 1, 25, 26, 51, 52, 701, 702].map(columnLetter);
  t.same(names, ['A', 'B', 'Z', 'AA', 'AZ', 'BA', 'ZZ', 'AAA']);
  t.end();
});
