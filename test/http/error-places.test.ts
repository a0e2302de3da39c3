import t from 'tap';
import { errorText } from '../../src/http/error-handler.js';
import type { ErrorDetail } from '../../src/kernel/errors.js';

await t.test('an answer says where a finding is, in fields, tables and segments', async (t) => {
  const shown = (detail: Omit<ErrorDetail, 'message'>): unknown => {
    const answer = errorText(400, 'Not valid', 'invalid-document', [{ ...detail, message: 'is wrong' }]);
    const [{ Errors, Details }] = (JSON.parse(answer) as { Body: { Errors: string[]; Details: object[] }[] })
      .Body as [{ Errors: string[]; Details: { Field?: string }[] }];
    return [Details[0]?.Field, Errors[0]];
  };
  t.same(shown({ field: 'Lines[0].Quantity' }), ['Lines[0].Quantity', 'Lines[0].Quantity: is wrong']);
  t.same(shown({ at: { field: 'Lines[0].Quantity' } }), ['Lines[0].Quantity', 'Lines[0].Quantity: is wrong']);
  t.same(shown({ at: { row: 7, column: 'Quantity' } }), [
    'row 7, column Quantity',
    'row 7, column Quantity: is wrong',
  ]);
  t.same(shown({ at: { row: 7 } }), ['row 7', 'row 7: is wrong']);
  t.same(shown({ at: { row: 7, column: 'Quantity', letter: 'C' } }), [
    'row 7, column Quantity (C)',
    'row 7, column Quantity (C): is wrong',
  ]);
  t.same(shown({ at: { row: 7, letter: 'C' } }), ['row 7, column C', 'row 7, column C: is wrong']);
  t.same(shown({ at: { segment: 12, name: 'PO1', element: 3 } }), [
    'segment 12 (PO1), element 03',
    'segment 12 (PO1), element 03: is wrong',
  ]);
  t.same(shown({ at: { segment: 12, name: 'PO1' } }), ['segment 12 (PO1)', 'segment 12 (PO1): is wrong']);
  t.same(shown({}), [undefined, 'is wrong'], 'what is about the whole names no place');
});
