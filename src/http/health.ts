import type { FastifyInstance } from 'fastify';
import { writeJson } from '../formats/json.js';
import { sendJson } from './envelope.js';

export interface ReadinessCheck {
  /** What was asked, such as `postgresql`. */
  name: string;
  ok: boolean;
  /** Everybody may read it: no host, port or name of a database. */
  detail?: string;
}

export interface HealthDeps {
  /** Really asks what the process cannot work without; answers within a few seconds. */
  readiness: () => Promise<ReadinessCheck[]>;
  /** Metrics in Prometheus' text format. */
  metrics?: () => Promise<{ contentType: string; text: string }>;
}

/** Open to everybody who reaches the port: a balancer has no key. Nothing here tells of a company. */
export function registerHealth(app: FastifyInstance, { readiness, metrics }: HealthDeps): void {
  const hidden = { schema: { hide: true }, exposeHeadRoute: true };
  app.get('/health/live', hidden, (_request, reply) => sendJson(reply, '{"status":"live"}'));

  app.get('/health/ready', hidden, async (_request, reply) => {
    const checks = await readiness().catch(() => [
      { name: 'readiness', ok: false, detail: 'could not be asked' },
    ]);
    const ready = checks.every(({ ok }) => ok);
    return sendJson(
      reply.code(ready ? 200 : 503),
      writeJson({ status: ready ? 'ready' : 'not ready', checks }),
    );
  });

  if (metrics) {
    app.get('/metrics', hidden, async (_request, reply) => {
      const { contentType, text } = await metrics();
      return reply.type(contentType).send(text);
    });
  }
}
