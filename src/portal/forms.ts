import { timingSafeEqual } from 'node:crypto';
import { AppError } from '../kernel/errors.js';

/** Longest text that a form of ours may send in one field: fifty attributes of a connection fit. */
const LONGEST_TEXT = 60_000;

/**
 * Reads fields of a posted form or of a query; a field that is missing or repeated is the empty text.
 * What it returns throws AppError invalid-request for a text that is far too long or that no column can hold (NUL).
 */
export function readForm(source: unknown): (name: string) => string {
  const fields = typeof source === 'object' && source !== null ? (source as Record<string, unknown>) : {};
  return (name) => {
    const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (typeof value !== 'string') return '';
    if (value.length > LONGEST_TEXT || value.includes('\0')) {
      throw new AppError('invalid-request', 'The form has a text that is too long or not a text.');
    }
    return value.trim();
  };
}

/** A password is taken as it is typed: blanks may be part of it. What is missing or repeated is the empty text. */
export function readPassword(source: unknown, name = 'password'): string {
  const value =
    typeof source === 'object' && source !== null ? (source as Record<string, unknown>)[name] : '';
  return typeof value === 'string' ? value : '';
}

/** The id in a path such as `/connections/12`. @throws AppError not-found for anything but a positive whole number */
export function readId(params: unknown, name = 'id'): number {
  const text = readForm(params)(name);
  const id = /^[1-9]\d{0,8}$/.test(text) ? Number(text) : null;
  if (id === null) throw new AppError('not-found', 'There is no such page.');
  return id;
}

/** Where to go after the log-in: a path of ours, whatever was asked for. */
export function localPath(wanted: string, otherwise: string): string {
  const base = 'http://portal.invalid';
  if (!wanted.startsWith('/') || !URL.canParse(wanted, base)) return otherwise;
  const url = new URL(wanted, base);
  // `/.//host` is a path of ours until its dots are resolved; what is left names another host to a browser.
  return url.origin === base && !url.pathname.startsWith('//') ? `${url.pathname}${url.search}` : otherwise;
}

/** Compares secrets without telling by the time where they differ. */
export function sameSecret(given: string, expected: string): boolean {
  const a = Buffer.from(given);
  const b = Buffer.from(expected);
  return a.length === b.length && a.length > 0 && timingSafeEqual(a, b);
}

/** The page that a form was on, by the address that it posts to. */
export function pageOfForm(address: string): string {
  const match =
    /^\/(connections\/\d+(\/settings)?|companies(\/\d+)?|operators(\/\d+)?|orders\/(tiktok\/)?\d+|(shipments|acknowledgements|returns|feeds)\/\d+|inventory(\/upload)?|webhooks(\/\d+)?|alerts|deliveries(\/(\d+|profiles))?|files(\/(\d+|upload))?|problems|account)/.exec(
      address,
    );
  if (match) return match[0];
  return address.startsWith('/connections') ? '/connections' : '/';
}
