/** `"order_id":"576…"` -> `"order_id":576…`, digit by digit: the text still holds the exact number. */
export function idsAsNumbers(text: string): string {
  return text.replace(/"((?:\w+_)?id)":"([1-9]\d*)"/g, '"$1":$2');
}

export function addUnknownFields(text: string): string {
  return text.replace(
    /\{"((?:\w+_)?id)":/g,
    (_, name: string) => `{"field_of_tomorrow":{"nested":["x",1,null]},"${name}":`,
  );
}

export function replaceEnum(text: string, field: string, value: string): string {
  const name = field.replace(/[^\w]/g, '');
  return text.replace(new RegExp(`"${name}":"[^"]*"`, 'g'), () => `"${name}":${JSON.stringify(value)}`);
}

/** Every list of rows directly in `data` comes in another order; `dice` gives numbers in [0, 1). */
export function shuffleRows(data: object, dice: (count: number) => number): object {
  const bent: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(data))
    bent[key] = Array.isArray(value) ? shuffled(value, dice) : value;
  return bent;
}

function shuffled(rows: readonly unknown[], dice: (count: number) => number): unknown[] {
  const drawn = rows.map((row, index) => ({ row, draw: dice(index + 1) }));
  const mixed = drawn.toSorted((a, b) => a.draw - b.draw).map(({ row }) => row);
  // Two rows or more must really be out of order, else the fault would not be one.
  return mixed.every((row, index) => row === rows[index]) ? rows.toReversed() : mixed;
}
