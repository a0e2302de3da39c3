import { SECOND_MS } from '../../kernel/time.js';
import { NoAnswerError } from '../../outbound/no-answer.js';
import { RefusedAddressError } from '../../outbound/public-address.js';
import { createPublicDoor, type PublicDoor, type PublicDoorSettings } from '../../outbound/public-door.js';
import { retryAfterMsOf } from '../../outbound/retry-after.js';
import { LARGEST_FILE, tooLarge, type MediaRefusal } from './judge-media.js';
import { createSlots } from './slots.js';

/** What came of asking for an address. */
export type Fetched =
  | { kind: 'content'; bytes: Buffer; etag: string | null; modified: string | null }
  | { kind: 'same' }
  /** The server, or the address, is at fault, and asking again at once brings the same. */
  | { kind: 'refused'; refusal: MediaRefusal }
  /** @property pausesHost the whole server is to be left alone */
  | { kind: 'later'; reason: string; afterMs: number | null; pausesHost: boolean };

/** What the address held before: unchanged content is not sent again. */
interface Validators {
  etag: string | null;
  modified: string | null;
}

/** Fetches what sellers' addresses hold, few at once of one server. One for the whole process. */
export interface MediaFetcher {
  /** Hosts of the installation's own that may be anywhere (PRIVATE_HOSTS), so that checks have nothing against them. */
  ownHosts: readonly string[];
  get(url: string, before: Validators | null): Promise<Fetched>;
  /** Runs `work` when fewer than a handful run already: what they hold in memory is bounded so. */
  inTurn<T>(work: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** Bytes of this many contents are in memory at most. */
const AT_ONCE = 6;
const OF_ONE_HOST = 2;
const REDIRECTS = 5;
const ANSWER_TIMEOUT_MS = 30 * SECOND_MS;
/** Servers choose by this: without it some answer with formats that TikTok does not take. */
const ACCEPT = 'image/jpeg,image/png,image/webp;q=0.9,image/bmp;q=0.8,application/pdf;q=0.8,image/heic;q=0.5';
const AGENT = 'Mozilla/5.0 (compatible; product-image-fetcher)';
const NO_SUCH_HOST = /^(?:the host name is unknown)$/;
const BUSY = new Set([429, 503]);
const LONGEST_VALIDATOR = 300;

export function createMediaFetcher(settings: PublicDoorSettings = {}): MediaFetcher {
  const door = createPublicDoor({
    plainHttp: true,
    connections: OF_ONE_HOST,
    answerTimeoutMs: ANSWER_TIMEOUT_MS,
    maxAnswerBytes: LARGEST_FILE + 1,
    ...settings,
  });
  const contents = createSlots(AT_ONCE);
  const hosts = createSlots(OF_ONE_HOST);
  return {
    ownHosts: settings.anywhere ?? [],
    get: (url, before) => hosts(hostOf(url), () => ask(door, url, before)),
    inTurn: (work) => contents('', work),
    close: () => door.close(),
  };
}

/** The server of an address, with its port; empty for what is no address. */
export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : '';
}

async function ask(door: PublicDoor, url: string, before: Validators | null): Promise<Fetched> {
  const headers: Record<string, string> = { accept: ACCEPT, 'user-agent': AGENT };
  if (before?.etag != null) headers['if-none-match'] = before.etag;
  if (before?.modified != null) headers['if-modified-since'] = before.modified;
  try {
    return judged(await door.send({ url, method: 'GET', headers, redirects: REDIRECTS }), url);
  } catch (error) {
    if (error instanceof RefusedAddressError)
      return refused(
        `is refused: ${wordsOf(error)}`,
        'Give an address that anybody can open, beginning with https://',
      );
    if (!(error instanceof NoAnswerError)) throw error;
    if (error.isTooLarge) return { kind: 'refused', refusal: tooLarge().refusal };
    if (NO_SUCH_HOST.test(error.message)) return refused(error.message, 'Correct the address');
    return { kind: 'later', reason: error.message, afterMs: null, pausesHost: false };
  }
}

function judged({ status, headers, body }: Awaited<ReturnType<PublicDoor['send']>>, url: string): Fetched {
  if (status === 304) return { kind: 'same' };
  if (status === 200)
    return {
      kind: 'content',
      bytes: body,
      etag: validatorOf(headers['etag']),
      modified: validatorOf(headers['last-modified']),
    };
  const afterMs = retryAfterMsOf(headers['retry-after'], new Date(headers['date'] ?? Date.now()));
  if (BUSY.has(status))
    return { kind: 'later', reason: `${hostOf(url)} answers ${status}`, afterMs, pausesHost: true };
  if (status >= 500 || status === 408 || status === 425)
    return { kind: 'later', reason: `its server answers ${status}`, afterMs, pausesHost: false };
  if (status >= 300 && status < 400)
    return refused('redirects without an end', 'Give the address at which the image is in the end');
  if (status === 401 || status === 403)
    return refused(
      `answers ${status}: its server lets nobody in`,
      'Open the address to everybody, and to programs',
    );
  return refused(
    `answers ${status}`,
    status === 404 ? 'Put the file there, or correct the address' : 'Correct the address',
  );
}

function refused(message: string, next: string): Fetched {
  return { kind: 'refused', refusal: { message, code: null, nearest: null, next } };
}

/** Of "The address is refused: …." */
function wordsOf({ message }: RefusedAddressError): string {
  return message.replace(/^The address is refused: /, '').replace(/\.$/, '');
}

/** As it is sent back: what would break the line of a header, or is endless, is no validator. */
function validatorOf(text: string | undefined): string | null {
  return text !== undefined && text.length <= LONGEST_VALIDATOR && /^[\x20-\x7e]+$/.test(text) ? text : null;
}
