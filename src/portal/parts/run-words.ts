/** Names of what runs count, in words; others are shown as they are, with blanks. */
const words: Record<string, string> = {
  exported: 'new',
  waiting: 'waiting',
  refused: 'not imported',
  notImported: 'not imported',
  updated: 'changed',
  cancelled: 'cancelled',
};

const QUIET = new Set(['unchanged', 'pages', 'read', 'calls']);

/** What a run brought, such as `4 new, 1 waiting`; nothing but what is not nothing. */
export function countWords(counts: Readonly<Record<string, unknown>> | null): string {
  const parts = Object.entries(counts ?? {}).flatMap(([name, count]) =>
    typeof count !== 'number' || count === 0 || QUIET.has(name)
      ? []
      : [`${count} ${words[name] ?? name.replaceAll(/([A-Z])/g, (letter) => ` ${letter.toLowerCase()}`)}`],
  );
  return parts.length === 0 ? 'nothing new' : parts.join(', ');
}

const outcomes: Record<string, string> = {
  done: 'done',
  'nothing-to-do': 'nothing new',
  failed: 'failed',
  paused: 'stands still',
  throttled: 'slowed down by TikTok',
  running: 'running',
};

export function outcomeWords(outcome: string | null): string {
  return outcome === null ? 'never ran' : (outcomes[outcome] ?? outcome);
}

const flowNames: Record<string, string> = {
  'pull-orders': 'Order pull',
  'sweep-orders': 'Order check',
  'pull-catalogue': 'Product list',
  'push-inventory': 'Stock and prices out',
  'pull-cancellations': 'Cancellation pull',
  'pull-returns': 'Return pull',
};

/** A flow in words, with its name where there are none. */
export function flowWords(name: string): string {
  return flowNames[name] ?? name;
}
