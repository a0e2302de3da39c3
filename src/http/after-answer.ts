import type { FastifyReply } from 'fastify';

export type Answer = FastifyReply;

/**
 * Does something once a good answer has left this process whole: its last byte is with the system. An answer that breaks
 * off because the caller has gone never gets there.
 * @param work gets the time of that on `performance.now()`; nobody waits for it
 */
export function afterAnswer(reply: Answer, work: (sentAtMs: number) => void): void {
  const { socket } = reply.request.raw;
  reply.raw.once('finish', () => {
    // Node calls an answer finished as well when its connection was torn down in the middle.
    if (reply.statusCode < 300 && !socket.destroyed) work(performance.now());
  });
}
