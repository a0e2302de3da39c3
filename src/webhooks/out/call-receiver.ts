import { messageOf } from '../../kernel/errors.js';
import { productVersion } from '../../kernel/version.js';
import { NotSentError } from '../../outbound/call-fence.js';
import type { PublicDoor } from '../../outbound/public-door.js';
import { signedHeaders } from './webhook-secret.js';

/** How one call has ended. */
export interface CallOutcome {
  /** Whether the receiver has taken it: any status from 200 to 299. */
  isTaken: boolean;
  /** Null where no answer came. */
  status: number | null;
  /** In words, without anything of the answer. */
  outcome: string;
  /** It never wants to be called again. */
  isGone: boolean;
  /** What it asks for. */
  retryAfterMs: number | null;
}

interface ReceiverCall {
  address: string;
  secrets: readonly string[];
  id: string;
  /** The moment in which it is signed; receivers refuse what is older than some minutes. */
  at: Date;
  body: Buffer;
  /** See Fence. */
  leaveBefore?: number;
}

const GONE = 410;
const USER_AGENT = `tiktok-shop-connector/${productVersion()}`;

/**
 * Sends one message. The answer's body is not looked at. A redirect is an answer like any other, and not followed.
 * @throws NotSentError; whatever else goes wrong is an outcome
 */
export async function callReceiver(door: PublicDoor, call: ReceiverCall): Promise<CallOutcome> {
  const { address, secrets, id, at, body, leaveBefore } = call;
  try {
    const { status, headers } = await door.send({
      url: address,
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'user-agent': USER_AGENT,
        ...signedHeaders(secrets, { id, at, body }),
      },
      body,
      leaveBefore,
      skipsBody: true,
    });
    return {
      isTaken: status >= 200 && status < 300,
      status,
      outcome: outcomeOf(status),
      isGone: status === GONE,
      retryAfterMs: secondsOf(headers['retry-after']),
    };
  } catch (error) {
    if (error instanceof NotSentError) throw error;
    return { isTaken: false, status: null, outcome: messageOf(error), isGone: false, retryAfterMs: null };
  }
}

function outcomeOf(status: number): string {
  if (status >= 300 && status < 400) return `answered ${status}: redirects are not followed`;
  return `answered ${status}`;
}

function secondsOf(text: string | undefined): number | null {
  return text !== undefined && /^\s*\d{1,9}\s*$/.test(text) ? Number(text) * 1_000 : null;
}
