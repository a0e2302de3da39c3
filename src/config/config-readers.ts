/**
 * Readers of environment variables. Each throws an Error whose message goes on from the variable's name; none repeats the
 * value, which may be a secret.
 */

import { inNetworks } from '../kernel/address-range.js';

/** Seals stored secrets; `bytes` are 32. */
export interface EncryptionKey {
  id: string;
  bytes: Buffer;
}

export function text(given: string): string {
  return given.trim();
}

export function list(given: string): string[] {
  return given
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean);
}

/** Names or addresses without scheme, port and path. */
export function hostNames(given: string): string[] {
  const names = list(given);
  if (names.some((name) => !/^([a-z0-9._-]{1,253}|\[[0-9a-f:.]{2,45}\])$/i.test(name))) {
    throw new Error('must be host names such as connector.local, comma separated, without http:// and port');
  }
  return names;
}

/** Addresses, networks or names of networks whose word about their callers is believed. */
export function proxies(given: string): string[] {
  const entries = list(given);
  if (entries.some((entry) => entry === '*' || /^(true|all|any)$/i.test(entry))) {
    throw new Error(
      'must name the addresses or networks of your proxies, since otherwise any caller could pass for any address',
    );
  }
  inNetworks(entries);
  return entries;
}

export function choice<const Value extends string>(...values: Value[]): (given: string) => Value {
  return (given) => {
    const value = values.find((candidate) => candidate === given.trim());
    if (value === undefined) throw new Error(`must be one of ${values.join(', ')}`);
    return value;
  };
}

export function flag(given: string): boolean {
  const value = given.trim().toLowerCase();
  if (['true', '1', 'yes', 'on'].includes(value)) return true;
  if (['false', '0', 'no', 'off'].includes(value)) return false;
  throw new Error('must be true or false');
}

export function whole(least: number, most: number): (given: string) => number {
  return (given) => {
    const value = /^\d+$/.test(given.trim()) ? Number(given) : Number.NaN;
    if (!(value >= least && value <= most))
      throw new Error(`must be a whole number from ${least} to ${most}`);
    return value;
  };
}

export function decimal(least: number, most: number): (given: string) => number {
  return (given) => {
    const value = /^\d+(\.\d+)?$/.test(given.trim()) ? Number(given) : Number.NaN;
    if (!(value >= least && value <= most)) throw new Error(`must be a number from ${least} to ${most}`);
    return value;
  };
}

/** 0 lets the system choose, which tests want. */
export const port = whole(0, 65_535);

export function postgresUrl(given: string): string {
  return urlWith(given, ['postgres:', 'postgresql:'], 'postgresql://user:password@host:5432/database');
}

export function smtpUrl(given: string): string {
  return urlWith(given, ['smtp:', 'smtps:'], 'smtps://user:password@host:465');
}

export function redisUrl(given: string): string {
  return urlWith(given, ['redis:', 'rediss:'], 'redis://host:6379');
}

function urlWith(given: string, protocols: string[], example: string): string {
  const value = given.trim();
  const url = URL.canParse(value) ? new URL(value) : null;
  if (!url || !protocols.includes(url.protocol) || !url.hostname)
    throw new Error(`must look like ${example}`);
  return value;
}

/** `http(s)://host[:port]` without path, query or user; one slash at the end is forgiven. */
export function httpOrigin(given: string): string {
  const value = given.trim().replace(/\/$/, '');
  const url = URL.canParse(value) ? new URL(value) : null;
  if (!url || !['http:', 'https:'].includes(url.protocol) || url.origin !== value) {
    throw new Error('must be an address such as https://connector.example.com, without a path');
  }
  return value;
}

export function encryptionKeys(given: string): EncryptionKey[] {
  const keys = list(given).map((entry, index) => encryptionKey(entry, index + 1));
  if (new Set(keys.map((key) => key.id)).size !== keys.length) throw new Error('names the same key id twice');
  return keys;
}

function encryptionKey(entry: string, position: number): EncryptionKey {
  const [, id, encoded] = /^([A-Za-z0-9_-]{1,32}):([A-Za-z0-9+/_-]+={0,2})$/.exec(entry) ?? [];
  if (!id || !encoded) throw new Error(`entry ${position} must be id:base64 (make one: ${MAKE_A_KEY})`);
  const bytes = Buffer.from(encoded, 'base64');
  if (bytes.length !== 32) {
    throw new Error(`entry ${position} holds ${bytes.length} bytes instead of 32 (make one: ${MAKE_A_KEY})`);
  }
  if (new Set(bytes).size < 8) throw new Error(`entry ${position} is not random (make one: ${MAKE_A_KEY})`);
  return { id, bytes };
}

const MAKE_A_KEY = 'echo "k1:$(openssl rand -base64 32)"';
