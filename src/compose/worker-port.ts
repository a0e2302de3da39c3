import type { FastifyInstance } from 'fastify';
import type { Config } from '../config/config.js';
import { AppError } from '../kernel/errors.js';
import { buildWorkerServer } from '../http/worker-server.js';
import type { HealthDeps } from '../http/health.js';
import type { Logger } from '../kernel/log.js';

/** Taken when WORKER_PORT is not set. */
export const DEFAULT_WORKER_PORT = 3002;

/**
 * Opens the port at which a worker is watched. Without a setting of its own a second worker on one machine does without one,
 * and says so; a port that somebody asked for has to be free.
 * @returns the server, and where it listens; null without a port
 * @throws AppError configuration-invalid
 */
export async function openWorkerPort(
  { host, workerPort }: Pick<Config, 'host' | 'workerPort'>,
  deps: HealthDeps & { log: Logger },
): Promise<{ server: FastifyInstance; url: string } | null> {
  const server = buildWorkerServer(deps);
  const port = workerPort ?? DEFAULT_WORKER_PORT;
  try {
    const url = await server.listen({ host, port });
    deps.log.info({ url, role: 'worker' }, 'listening');
    return { server, url };
  } catch (cause) {
    await server.close();
    const isTaken = (cause as NodeJS.ErrnoException).code === 'EADDRINUSE';
    if (isTaken && workerPort === null) {
      deps.log.warn(
        { port },
        'another process has this port: this worker cannot be watched; set WORKER_PORT',
      );
      return null;
    }
    const reason = isTaken ? 'is in use by another program' : `cannot be opened (${String(cause)})`;
    throw new AppError(
      'configuration-invalid',
      `Port ${port} on ${host} ${reason}. Set WORKER_PORT to another.`,
      {
        cause,
      },
    );
  }
}
