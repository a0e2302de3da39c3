/**
 * What never reaches a log, a trace or an error text: credentials, and the personal data of buyers. Both by the name of the
 * field and, for texts that others wrote (URLs, error messages of libraries), by shape.
 */

/** Names as they are compared: lower case, without `-`, `_` and spaces. */
const SECRET_NAMES = new Set([
  'authorization',
  'cookie',
  'setcookie',
  'subscriptionkey',
  'apikey',
  'accesstoken',
  'refreshtoken',
  'xttsaccesstoken',
  'token',
  'appsecret',
  'clientsecret',
  'secret',
  'authcode',
  'code',
  'state',
  'sign',
  'signature',
  'password',
  'passwordhash',
  'csrftoken',
  'encryptionkeys',
  'shopcipher',
  'databaseurl',
  'redisurl',
]);

/** `code` and `state` are secrets in a URL only: in an object they say what kind of error, or where something stands. */
const SECRET_IN_URL_ONLY = new Set(['code', 'state']);

const PERSONAL_NAMES = new Set([
  'personal',
  'recipient',
  'recipientaddress',
  'buyer',
  'buyeremail',
  'buyermessage',
  'buyernickname',
  'email',
  'phone',
  'phonenumber',
  'firstname',
  'lastname',
  'fullname',
  'fulladdress',
  'addressline1',
  'addressline2',
  'address1',
  'address2',
  'address',
  'postalcode',
  'zip',
  'shiptoaddress',
  'billtoaddress',
  'body',
]);

const HIDDEN = '[hidden]';
const MAX_DEPTH = 6;
/** Characters of one text in a line; a stack has fewer. */
const LONGEST_TEXT = 10_000;
/** Fastify's own serializers turn these into a few plain fields. */
const SERIALIZED_LATER = new Set(['req', 'res']);
/** Neither pattern reaches past a quote or a backslash, so that a line of JSON stays one. */
const QUERY_PAIR = /([?&;]|^)([A-Za-z0-9_.%-]+)=([^&;\s"'<>\\]+)/g;
/** Without the scheme before it: looking for its beginning makes a long word a quadratic matter. */
const URL_USER = /:\/\/[^\s/@"'\\]+@/g;
/** API keys of ours and tokens of TikTok, wherever they turn up. */
const KNOWN_SECRETS = /\b(?:tsc_[A-Za-z0-9_-]{16,}|(?:TTP|ROW|GCP)_[A-Za-z0-9_-]{16,})/g;

/** Hides secrets by their shape: values of secret query parameters, user and password in URLs, tokens and keys by their look. */
export function redactText(text: string): string {
  return text
    .replace(URL_USER, `://${HIDDEN}@`)
    .replace(QUERY_PAIR, (pair, before: string, name: string) =>
      isSecretQuery(name) ? `${before}${name}=${HIDDEN}` : pair,
    )
    .replace(KNOWN_SECRETS, HIDDEN);
}

function isSecretQuery(name: string): boolean {
  return SECRET_NAMES.has(plainName(name)) || PERSONAL_NAMES.has(plainName(name));
}

/**
 * A copy of `facts` for a log, without what is secret or personal by its name. Errors become objects with type, message,
 * stack, cause and their own fields; what is deeper than six levels is left out, and of a text what comes after 10,000
 * characters. Secrets in texts are left to `redactText`.
 */
export function redactObject(facts: object): Record<string, unknown> {
  return redactFields(facts, 0);
}

function redactFields(facts: object, depth: number): Record<string, unknown> {
  const copy: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(facts)) {
    if (isHidden(name, value)) copy[name] = HIDDEN;
    else copy[name] = SERIALIZED_LATER.has(name) ? value : redactValue(value, depth + 1);
  }
  return copy;
}

function redactValue(value: unknown, depth: number): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'string') return cut(value);
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  if (depth > MAX_DEPTH) return '[deep]';
  if (Array.isArray(value)) return value.map((entry) => redactValue(entry, depth + 1));
  if (value instanceof Error) return redactError(value, depth);
  if ('toJSON' in value && typeof value.toJSON === 'function') return redactValue(value.toJSON(), depth + 1);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return redactFields(value, depth);
  // A socket, a client, a request: its contents are unknown, and it may have no constructor.
  const { constructor } = value as { constructor?: { name?: string } };
  return `[${constructor?.name ?? 'object'}]`;
}

/** What is cut is searched for secrets before: half of one would not be known as one. */
export function cut(text: string, longest = LONGEST_TEXT): string {
  if (text.length <= longest) return text;
  return `${redactText(text).slice(0, longest)}... (${text.length} characters)`;
}

function isHidden(name: string, value: unknown): boolean {
  if (value === null || value === undefined || typeof value === 'boolean') return false;
  const plain = plainName(name);
  return (SECRET_NAMES.has(plain) && !SECRET_IN_URL_ONLY.has(plain)) || PERSONAL_NAMES.has(plain);
}

function redactError(error: Error, depth: number): Record<string, unknown> {
  const { name, message, stack, cause, ...more } = error as Error & Record<string, unknown>;
  return {
    type: name,
    message: cut(message),
    ...redactFields(more, depth),
    ...(stack === undefined ? {} : { stack: cut(stack) }),
    ...(cause === undefined ? {} : { cause: redactValue(cause, depth + 1) }),
  };
}

function plainName(name: string): string {
  return name.replace(/[-_\s]/g, '').toLowerCase();
}
