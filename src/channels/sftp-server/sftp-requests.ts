import { messageOf } from '../../kernel/errors.js';
import type { Logger } from '../../kernel/log.js';
import { SECOND_MS } from '../../kernel/time.js';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ByteShare } from './held-bytes.js';
import type { SftpStream, Ssh2, StatusName } from '../ssh2-api.js';

/** Requests that wait for their turn; clients have some hundreds under way at most. */
const MOST_WAITING = 2_048;
/** Answers that a client does not fetch: nothing more is made for it before it has. */
const MOST_UNSENT = 4 * 1_048_576;
const LOOK_AGAIN_MS = 20;
const LONGEST_UNSENT_MS = 60 * SECOND_MS;

/** Requests have parts of their own, by name. */
// oxlint-disable-next-line typescript/no-explicit-any -- as events of Node have them
type OnRequest = (name: string, work: (id: number, ...parts: any[]) => Promise<void> | void) => void;

/** Ends a request with a status. */
export class Refusal extends Error {
  constructor(
    readonly status: StatusName,
    message: string,
  ) {
    super(message);
  }
}

/**
 * Answers the requests of one client one after the other, as they came: answers and effects keep their order. Who asks on and on without
 * fetching answers, or sends more than there is memory for, is hung up.
 * @param session.isGood asked before each: whether the log-in still holds
 */
export function answerInOrder(
  ssh2: Ssh2,
  sftp: SftpStream,
  session: {
    companyId: number;
    log: Logger;
    share: ByteShare;
    isGood: () => Promise<boolean>;
    /** Of answers that the client does not fetch, in bytes. */
    unsent: () => number;
    hangUp: () => void;
  },
): { on: OnRequest; settled: () => Promise<void> } {
  const { STATUS_CODE: STATUS } = ssh2.utils.sftp;
  const { companyId, log, share, isGood, unsent, hangUp } = session;
  let turn: Promise<void> = Promise.resolve();
  let waiting = 0;
  let isOver = false;

  const stop = (): void => {
    isOver = true;
    hangUp();
  };

  async function fetched(): Promise<void> {
    for (let waited = 0; unsent() > MOST_UNSENT; waited += LOOK_AGAIN_MS) {
      if (waited > LONGEST_UNSENT_MS) {
        stop();
        return;
      }
      await sleep(LOOK_AGAIN_MS);
    }
  }

  async function answer(name: string, id: number, work: () => Promise<void> | void): Promise<void> {
    await fetched();
    if (isOver) return;
    try {
      if (!(await isGood())) {
        stop();
        return;
      }
      await work();
    } catch (error) {
      if (!(error instanceof Refusal))
        log.warn({ companyId, request: name, reason: messageOf(error) }, 'an SFTP request failed');
      const { status, message } =
        error instanceof Refusal ? error : { status: 'FAILURE' as const, message: 'It failed here.' };
      sftp.status(id, STATUS[status], message);
    }
  }

  return {
    on(name, work) {
      sftp.on(name, (id: number, ...parts: unknown[]) => {
        const bytes = parts.reduce<number>((sum, part) => sum + (Buffer.isBuffer(part) ? part.length : 0), 0);
        if (isOver) return;
        if (waiting >= MOST_WAITING || !share.take(bytes)) {
          log.warn({ companyId, waiting }, 'an SFTP client sends more than there is room for');
          stop();
          return;
        }
        waiting += 1;
        const before = turn;
        turn = (async () => {
          await before;
          await answer(name, id, () => work(id, ...parts));
          waiting -= 1;
          share.give(bytes);
        })();
      });
    },
    settled: () => turn,
  };
}
