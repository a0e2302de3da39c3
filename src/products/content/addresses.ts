/** What stands between two addresses, or names of files that were handed over, in one cell; an address itself may hold commas. */
const BEFORE_ADDRESS = /[\s,;|](?=https?:\/\/|upload:[0-9a-f]{24})/i;
const EDGES = ' \t\r\n,;|';
const ADDRESS = /^(?:https?:\/\/|upload:)/i;

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
