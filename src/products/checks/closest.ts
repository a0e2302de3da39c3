const LONGEST_COMPARED = 100;

/** The option that a text most likely means: nothing where all are far from it. */
export function closestOf(text: string, options: readonly string[]): string | null {
  const wanted = text.trim().toLowerCase().slice(0, LONGEST_COMPARED);
  let best: { option: string; distance: number } | null = null;
  for (const option of options) {
    const candidate = option.toLowerCase().slice(0, LONGEST_COMPARED);
    if (candidate === wanted) return option;
    const most = Math.min(
      best ? best.distance - 1 : Infinity,
      Math.ceil(Math.max(wanted.length, candidate.length) / 3),
    );
    if (Math.abs(candidate.length - wanted.length) > most) continue;
    const distance = distanceOf(wanted, candidate);
    if (distance <= most) best = { option, distance };
  }
  return best?.option ?? null;
}

/** Levenshtein. */
function distanceOf(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row.at(-1)!;
}
