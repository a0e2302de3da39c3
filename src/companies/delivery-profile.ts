/** Which documents go by which channel, in which format, and with which names and ids. A setting of a company and of a connection. */
export interface DeliveryProfile {
  /** Names it in deliveries and addresses. */
  name: string;
  /** `http`: fetched by API; `sftp`: picked up from the SFTP server; `sftp-client`: put on a server of the seller. */
  channel: 'http' | 'sftp' | 'sftp-client';
  format: 'json' | 'csv' | 'xml' | 'xlsx' | 'x12';
  documents: ('order' | 'acknowledgement' | 'return')[];
  /** Of its files, with `{kind}`, `{key}`, `{po}`, `{number}` and `{version}`. */
  fileName?: string;
  x12?: X12Profile;
}

interface X12Side {
  qualifier: string;
  id: string;
  groupId?: string;
}

/** A trading partner by X12. What is left out is as Logicbroker's guides have it. */
interface X12Profile {
  /** Of this service. */
  ours: X12Side;
  /** Of the seller. */
  theirs: X12Side;
  version?: string;
  isTest?: boolean;
  wantsTa1?: boolean;
  element?: string;
  component?: string;
  terminator?: string;
  repetition?: string;
  characterSet?: 'basic' | 'extended' | 'utf-8';
  supplierSku?: string[];
  partnerSku?: string[];
  upc?: string[];
  available?: string[];
  /** `none`: a cancellation cannot be delivered, and fails loudly. */
  cancellations?: '860' | '855' | 'none';
  cancelReasons?: Record<string, string>;
  cancelReason?: string;
  confirmsGoods?: string[];
  tracksByBillOfLading?: boolean;
  countsReturnLines?: boolean;
  /** Hours until a file without its 997 is told. */
  acknowledgeHours?: number;
}

const MOST_PROFILES = 50;

type Check = (value: unknown) => string | null;

const word =
  (pattern: RegExp, what: string): Check =>
  (value) =>
    typeof value === 'string' && pattern.test(value) ? null : what;
const oneOf =
  (...words: string[]): Check =>
  (value) =>
    typeof value === 'string' && words.includes(value) ? null : `must be one of ${words.join(', ')}`;
const flag: Check = (value) => (typeof value === 'boolean' ? null : 'must be true or false');
const codes: Check = (value) =>
  Array.isArray(value) &&
  value.length <= 20 &&
  value.every((each) => typeof each === 'string' && /^[A-Z0-9]{1,3}$/.test(each))
    ? null
    : 'must be a list of at most 20 codes';
const separator = word(
  /^[^\p{L}\p{N} .+-]$/u,
  'must be one character that is no letter, digit, blank, point or sign',
);

const SIDE: Record<string, Check> = {
  qualifier: word(/^[A-Z0-9]{2}$/, 'must have two letters or digits, such as ZZ'),
  id: word(/^[!-~](?:[ -~]{0,13}[!-~])?$/, 'must have 1 to 15 characters'),
  groupId: word(/^[!-~][ -~]{0,13}[!-~]$/, 'must have 2 to 15 characters'),
};

const side: Check = (value) => membersProblem(value, SIDE, ['qualifier', 'id']);

const X12: Record<string, Check> = {
  ours: side,
  theirs: side,
  version: word(/^00[45]0[0-9]{2}[A-Z0-9]{0,6}$/, 'must be 004010, 005010 or a version between'),
  isTest: flag,
  wantsTa1: flag,
  element: separator,
  component: separator,
  repetition: separator,
  terminator: separator,
  characterSet: oneOf('basic', 'extended', 'utf-8'),
  supplierSku: codes,
  partnerSku: codes,
  upc: codes,
  available: codes,
  cancellations: oneOf('860', '855', 'none'),
  cancelReasons: (value) =>
    isObject(value) &&
    Object.entries(value).length <= 50 &&
    Object.entries(value).every(([code, reason]) => code.length <= 3 && isReason(reason))
      ? null
      : 'must be an object of at most 50 {code: reason} texts',
  cancelReason: (value) => (isReason(value) ? null : 'must be a text'),
  confirmsGoods: codes,
  tracksByBillOfLading: flag,
  countsReturnLines: flag,
  acknowledgeHours: (value) =>
    Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 720 ? null : 'must be 1 to 720 hours',
};

const KINDS = ['order', 'acknowledgement', 'return'];

const PROFILE: Record<string, Check> = {
  name: word(/^[A-Za-z0-9][\w-]{0,39}$/, 'must have 1 to 40 letters, digits, - and _'),
  channel: oneOf('http', 'sftp', 'sftp-client'),
  format: oneOf('json', 'csv', 'xml', 'xlsx', 'x12'),
  documents: (value) =>
    Array.isArray(value) && value.length > 0 && value.every((each) => KINDS.includes(String(each)))
      ? null
      : `must be a list of ${KINDS.join(', ')}`,
  fileName: (value) =>
    typeof value === 'string' &&
    /^(?!\.)(?:[\w.-]|\{(?:kind|key|po|number|version)\}){1,100}$/.test(value) &&
    /\{key\}/.test(value)
      ? null
      : 'must be letters, digits, points, - and _ with {key} in it, such as {kind}_{po}_{key}.csv',
  x12: (value) => membersProblem(value, X12, ['ours', 'theirs']),
};

/** What is wrong with a list of profiles, going on from the setting's name; null: nothing. */
export function deliveryProfilesProblem(value: unknown): string | null {
  if (!Array.isArray(value) || value.length > MOST_PROFILES)
    return `must be a list of at most ${MOST_PROFILES} profiles`;
  const names = new Set<string>();
  for (const [at, profile] of (value as unknown[]).entries()) {
    const problem = membersProblem(profile, PROFILE, ['name', 'channel', 'format', 'documents']);
    if (problem) return `[${at}] ${problem}`;
    const { name, format, x12 } = profile as DeliveryProfile;
    if (names.has(name)) return `[${at}] name ${name} stands there twice`;
    if ((format === 'x12') !== (x12 !== undefined))
      return `[${at}] x12 goes with the format x12, and only with it`;
    names.add(name);
  }
  return null;
}

/** Profiles as they are stored; what another version of the program wrote and this one does not know is left out. */
export function readProfiles(stored: unknown): DeliveryProfile[] {
  if (!Array.isArray(stored)) return [];
  return (stored as DeliveryProfile[]).filter((profile) => deliveryProfilesProblem([profile]) === null);
}

function membersProblem(
  value: unknown,
  checks: Readonly<Record<string, Check>>,
  required: readonly string[],
): string | null {
  if (!isObject(value)) return 'must be an object';
  const missing = required.find((name) => value[name] === undefined);
  if (missing) return `${missing} is required`;
  for (const [name, member] of Object.entries(value)) {
    const check = Object.hasOwn(checks, name) ? checks[name] : undefined;
    if (!check) return `${name.slice(0, 40)} is not known; known are ${Object.keys(checks).join(', ')}`;
    const problem = member === undefined ? null : check(member);
    if (problem) return `${name} ${problem}`;
  }
  return null;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isReason(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '' && value.length <= 200;
}
