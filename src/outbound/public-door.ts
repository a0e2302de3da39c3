import { Agent, buildConnector, type Dispatcher } from 'undici';
import { defaultLimits, type DoorLimits } from './door-limits.js';
import {
  guardedLookup,
  mayBeAnywhere,
  refuseAddress,
  refusePeer,
  type AddressRules,
} from './guarded-connect.js';
import { exchange, type Exchange, type RawAnswer } from './http-exchange.js';
import { RefusedAddressError } from './public-address.js';

/** A call to an address that somebody else has given: a webhook of a seller, an image of a feed. */
interface PublicRequest extends Pick<Exchange, 'leaveBefore' | 'skipsBody'> {
  url: string;
  method: 'GET' | 'POST';
  headers?: Record<string, string>;
  body?: Buffer;
  /** How many redirects of a GET are followed; none when left out, and the 3xx comes back as it is. */
  redirects?: number;
}

interface PublicAnswer extends RawAnswer {
  /** Where the answer came from in the end. */
  url: string;
}

export interface PublicDoorSettings extends Partial<DoorLimits>, AddressRules {
  /** `http:` as well; images of old feeds are to be had in no other way. Never for what carries anything secret. */
  plainHttp?: boolean;
}

export interface PublicDoor {
  /**
   * Refuses what the door never leads to, before anybody keeps it. A name is looked up only when it is called.
   * @throws RefusedAddressError
   */
  check(url: string): void;
  /**
   * @throws RefusedAddressError, for good; NoAnswerError, which another try may heal; NotSentError when it could not be
   *   written before its `leaveBefore`
   */
  send(request: PublicRequest): Promise<PublicAnswer>;
  close(): Promise<void>;
}

/**
 * The door to addresses of others. It leads to servers of the public Internet only: the address is checked in the look-up
 * of the socket that connects, and once more when it is connected; for each redirect anew.
 */
export function createPublicDoor(settings: PublicDoorSettings = {}): PublicDoor {
  const limits = { ...defaultLimits, ...settings };
  const agent = new Agent({
    connections: limits.connections,
    pipelining: 1,
    maxResponseSize: limits.maxAnswerBytes,
    connect: guardedConnector(settings, limits),
  });
  return {
    check: (url) => void checkedUrl(url, settings),
    send: (request) => follow(agent, request, { ...settings, ...limits }),
    close: () => agent.close(),
  };
}

function guardedConnector(rules: AddressRules, { connectTimeoutMs }: DoorLimits): buildConnector.connector {
  const connect = buildConnector({ timeout: connectTimeoutMs, lookup: guardedLookup(rules) });
  return (options, callback) => {
    try {
      refuseAddress(options.hostname, rules);
    } catch (error) {
      return callback(error as Error, null);
    }
    connect(options, (...[error, socket]) => {
      if (error || !socket) return callback(error ?? new Error('There is no socket.'), null);
      try {
        refusePeer(socket, options.hostname, rules);
      } catch (refusal) {
        return callback(refusal as Error, null);
      }
      callback(null, socket);
    });
  };
}

const REDIRECTS = new Set([301, 302, 303, 307, 308]);

async function follow(
  dispatcher: Dispatcher,
  request: PublicRequest,
  settings: PublicDoorSettings & DoorLimits,
): Promise<PublicAnswer> {
  const deadline = performance.now() + settings.answerTimeoutMs;
  let url = checkedUrl(request.url, settings);
  let { headers = {} } = request;
  for (let left = request.method === 'GET' ? (request.redirects ?? 0) : 0; ; left--) {
    const answer = await exchange(
      dispatcher,
      {
        origin: url.origin,
        method: request.method,
        target: url.pathname + url.search,
        headers,
        body: request.body,
        leaveBefore: request.leaveBefore,
        skipsBody: request.skipsBody,
      },
      { ...settings, answerTimeoutMs: Math.max(1, deadline - performance.now()) },
    );
    const { location } = answer.headers;
    if (left <= 0 || location === undefined || !REDIRECTS.has(answer.status))
      return { ...answer, url: url.href };
    const next = checkedUrl(location, settings, url);
    if (next.protocol !== url.protocol && next.protocol === 'http:')
      throw new RefusedAddressError('a redirect leads from https to http');
    // What was meant for one server is not shown to another one.
    if (next.origin !== url.origin) headers = {};
    url = next;
  }
}

/** @throws RefusedAddressError in words that do not repeat the address, which may hold a secret */
function checkedUrl(text: string, { plainHttp = false, ...rules }: PublicDoorSettings, base?: URL): URL {
  if (!URL.canParse(text, base)) throw new RefusedAddressError('it is no URL');
  const url = new URL(text, base);
  if (url.username || url.password) throw new RefusedAddressError('it holds a user name or password');
  const mayBePlain = plainHttp || mayBeAnywhere(url.hostname, rules);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && mayBePlain))
    throw new RefusedAddressError(mayBePlain ? 'it is neither https nor http' : 'it is not https');
  refuseAddress(url.hostname, rules);
  return url;
}
