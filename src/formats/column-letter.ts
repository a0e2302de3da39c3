const LETTERS = 26;
const A = 'A'.charCodeAt(0);

/** The name that spreadsheets give a column: A for the first, AA for the 27th. @param index from 0 */
export function columnLetter(index: number): string {
  const last = String.fromCharCode(A + (index % LETTERS));
  return index < LETTERS ? last : columnLetter(Math.floor(index / LETTERS) - 1) + last;
}
