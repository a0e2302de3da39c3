import { DAY_MS } from '../kernel/time.js';
import { readForm } from './forms.js';

/** A page of a list. */
export const PAGE_SIZE = 50;
/** Of a list where somebody wants more at once. */
const LARGE_PAGE = 100;
/** A file of a list. */
export const CSV_SIZE = 10_000;

/** What an address says, by the names that the list knows; others are dropped. */
export function readQuery<Name extends string>(query: unknown, names: readonly Name[]): Record<Name, string> {
  const form = readForm(query);
  return Object.fromEntries(names.map((name) => [name, form(name).slice(0, 300)])) as Record<Name, string>;
}

/** Days of a filter, both included. What is no day counts as left out. */
export function daysOf({ from, to }: { from: string; to: string }): { from?: Date; to?: Date } {
  const first = dayOf(from);
  const last = dayOf(to);
  return { ...(first && { from: first }), ...(last && { to: new Date(last.getTime() + DAY_MS - 1) }) };
}

function dayOf(text: string): Date | null {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return null;
  const day = new Date(`${text}T00:00:00Z`);
  return Number.isNaN(day.getTime()) ? null : day;
}

/** How many rows a page has: `size` of the query. */
export function pageSizeOf({ size }: { size: string }): number {
  return size === String(LARGE_PAGE) ? LARGE_PAGE : PAGE_SIZE;
}
