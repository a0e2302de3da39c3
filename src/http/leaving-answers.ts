import type { FastifyInstance } from 'fastify';
import type { ServerResponse } from 'node:http';

/**
 * Lets a server that closes wait for answers that are still on their way to the caller. Node counts an answer as over as
 * soon as its last byte is handed to the connection, and closes connections without a running answer at once: a long
 * answer to a slow caller would end in the middle, without a sign of it but its length. The one who closes the server sets
 * the limit of this wait.
 */
export function registerLeavingAnswers(app: FastifyInstance): void {
  const answers = new Set<ServerResponse>();
  app.server.on('request', (_request, answer: ServerResponse) => {
    answers.add(answer);
    answer.once('close', () => answers.delete(answer));
  });
  app.addHook('preClose', async () => {
    for (let left = leaving(answers); left.length > 0; left = leaving(answers))
      await Promise.all(left.map((answer) => new Promise((resolve) => answer.once('close', resolve))));
  });
}

function leaving(answers: ReadonlySet<ServerResponse>): ServerResponse[] {
  return [...answers].filter((answer) => answer.writableEnded && !answer.writableFinished && !answer.closed);
}
