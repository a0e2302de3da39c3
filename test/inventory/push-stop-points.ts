/** Where a process can be stopped on the way of a stock push. */
export const pushStops = [
  'before the lease',
  'after TikTok is read',
  'after the doubt is noted',
  'in the door',
  'while TikTok carries it out late',
  'while TikTok loses it',
  'before the answer is stored',
  'between two batches',
] as const;
export type PushStop = (typeof pushStops)[number];
