/** What stands between two addresses in one cell; an address itself may hold commas. */
const BEFORE_ADDRESS = /[\s,;|](?=https?:\/\/)/i;
const EDGES = ' \t\r\n,;|';
const ADDRESS = /^https?:\/\//i;

/** Addresses in one text, in their order; a text that begins with none is one by itself, for a check to name it. */
export function splitAddresses(text: string): string[] {
  const parts = ADDRESS.test(text) ? text.split(BEFORE_ADDRESS) : [text];
  return parts.map((part) => withoutEdges(part)).filter((part) => part !== '');
}

function withoutEdges(text: string): string {
  let [from, to] = [0, text.length];
  while (from < to && EDGES.includes(text[from]!)) from += 1;
  while (to > from && EDGES.includes(text[to - 1]!)) to -= 1;
  return text.slice(from, to);
}
