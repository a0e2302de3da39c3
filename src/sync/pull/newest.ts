/** How items of one kind, and the versions of one item, are told apart. */
export interface ItemVersions<T> {
  /** TikTok's id. */
  idOf: (item: T) => string;
  /** TikTok's time of its last change, in whole seconds. */
  updatedAt: (item: T) => Date;
  /** Above 0 when `a` is further in its life than `b`, 0 when they are level or nobody knows. */
  compareStages(a: T, b: T): number;
}

/**
 * The newest copy of each item: a page may name one twice, when it changes while the page is made. Of two changes within
 * one second the further stage is the later one; of copies that are level, the one that TikTok lists later.
 */
export function newestOfEach<T>(versions: ItemVersions<T>, items: readonly T[]): T[] {
  const newest = new Map<string, T>();
  for (const item of items) {
    const id = versions.idOf(item);
    const other = newest.get(id);
    if (other === undefined || compareAge(versions, item, other) >= 0) newest.set(id, item);
  }
  return [...newest.values()];
}

function compareAge<T>(versions: ItemVersions<T>, a: T, b: T): number {
  return versions.updatedAt(a).getTime() - versions.updatedAt(b).getTime() || versions.compareStages(a, b);
}
