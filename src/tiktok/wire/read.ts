import { Decimal } from 'decimal.js';
import { isDecimalString } from '../../kernel/money.js';
import type { DecimalString } from '../../kernel/money.js';
import { fromUnixSeconds } from '../../kernel/time.js';

/**
 * Readers for values from TikTok's wire, which keeps its own types only mostly: ids come as numbers now and then, texts
 * with spaces or line ends around them, empty texts for "none". Absent, null and empty are the same here.
 */

/** Something without which the object around it cannot be used. The message names the field, never its value. */
export class UnreadableError extends Error {
  constructor(problem: string) {
    super(problem);
    this.name = 'UnreadableError';
  }
}

export function textOrNull(value: unknown): string | null {
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'string') return null;
  return value.trim() || null;
}

export function textOf(value: unknown): string {
  return textOrNull(value) ?? '';
}

/** @throws UnreadableError */
export function requiredText(value: unknown, field: string): string {
  const text = textOrNull(value);
  if (text === null) throw new UnreadableError(`${field} is missing`);
  return text;
}

/** Characters, far more than any sum of money has: arithmetic with more digits takes ever longer. */
const LONGEST_AMOUNT = 40;

/** An amount in plain decimal text. @throws UnreadableError for text that is no amount: a wrong price is worse than none */
export function amountOrNull(value: unknown, field: string): DecimalString | null {
  const text = textOrNull(value);
  if (text === null) return null;
  if (text.length > LONGEST_AMOUNT) throw new UnreadableError(`${field} is not an amount`);
  if (isDecimalString(text)) return text;
  if (!/^[+-]?(?:\d+(?:\.\d+)?|\.\d+)$/.test(text)) throw new UnreadableError(`${field} is not an amount`);
  return new Decimal(text).toFixed();
}

/** An amount that no order is refused for: what is none is left out. */
export function readableAmountOrNull(value: unknown): DecimalString | null {
  try {
    return amountOrNull(value, '');
  } catch (error) {
    if (error instanceof UnreadableError) return null;
    throw error;
  }
}

export function timeOrNull(value: unknown): Date | null {
  const seconds = Number(textOrNull(value) ?? 0);
  const time = Number.isFinite(seconds) ? fromUnixSeconds(seconds) : null;
  return time && Number.isNaN(time.getTime()) ? null : time;
}

/** @throws UnreadableError */
export function requiredTime(value: unknown, field: string): Date {
  const time = timeOrNull(value);
  if (!time) throw new UnreadableError(`${field} is missing`);
  return time;
}

/** TikTok's own samples hold booleans as text, even with a space behind. */
export function isTrue(value: unknown): boolean {
  return value === true || (typeof value === 'string' && value.trim() === 'true');
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function textsOf(value: unknown): string[] {
  return listOf(value)
    .map(textOrNull)
    .filter((text) => text !== null);
}

export function asRecord(value: unknown): Record<string, unknown> | null {
  return isRecord(value) ? value : null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
