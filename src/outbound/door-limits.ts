import { SECOND_MS } from '../kernel/time.js';
import { callTimes } from './call-fence.js';

/** What every door holds the other side to. */
export interface DoorLimits {
  /** Longest wait for a connection, looking up the name and TLS included. */
  connectTimeoutMs: number;
  /** Longest wait for the whole answer, waiting for a free connection and redirects included. */
  answerTimeoutMs: number;
  /** Largest answer, before and after decompression. */
  maxAnswerBytes: number;
  /** Connections kept per host. */
  connections: number;
}

export const defaultLimits: DoorLimits = {
  connectTimeoutMs: 5 * SECOND_MS,
  answerTimeoutMs: callTimes.answerTimeoutMs,
  maxAnswerBytes: 32 * 1024 * 1024,
  connections: 16,
};
