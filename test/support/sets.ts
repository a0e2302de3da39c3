/** Entries of `left` that are not in `right`, in their order. */
export function onlyIn(left: readonly string[], right: readonly string[]): string[] {
  const known = new Set(right);
  return left.filter((entry) => !known.has(entry));
}
