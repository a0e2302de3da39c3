import type { FastifyReply } from 'fastify';

export type Answer = FastifyReply;

/**
 * Does something once a good answer has left this process whole: its last byte is with the system. An answer that breaks
 * off because the caller has gone never gets there.
 * @param work gets the time of that on `performance.now()`; nobody waits for it
 */
export function afterAnswer(reply: Answer, work: (sentAtMs: number) => void): void {
  reply.raw.once('finish', () => {
    if (reply.statusCode < 300) work(performance.now());
  });
}
