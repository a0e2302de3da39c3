import { createServer } from 'node:net';
import { AppError } from '../kernel/errors.js';

/** A port that the demo is going to listen on, and the variable that moves it. */
interface WantedPort {
  port: number;
  variable: string;
  use: string;
}

/**
 * Asks for every port before anything is started, so that a busy one costs a second and leaves nothing behind.
 * @throws AppError configuration-invalid that names all busy ports and how to move them
 */
export async function checkPortsFree(host: string, wanted: WantedPort[]): Promise<void> {
  const busy: WantedPort[] = [];
  for (const candidate of wanted) if (!(await isFree(host, candidate.port))) busy.push(candidate);
  if (busy.length === 0) return;
  const lines = busy.map(
    ({ port, variable, use }) =>
      `Port ${port} (${use}) is in use by another program. End that, or choose another: ${variable}=${port + 100} npm start`,
  );
  throw new AppError('configuration-invalid', lines.join('\n'));
}

function isFree(host: string, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(false);
      else reject(error);
    });
    probe.listen({ host, port, exclusive: true }, () => probe.close(() => resolve(true)));
  });
}
