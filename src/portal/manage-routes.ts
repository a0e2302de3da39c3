import type { FastifyInstance } from 'fastify';
import { getConnection } from '../connections/connection-store.js';
import {
  changeSettings,
  closeConnection,
  pauseConnection,
  renameConnection,
  resumeConnection,
} from '../connections/manage-connection.js';
import { AppError } from '../kernel/errors.js';
import { backTo, showConnection } from './connection-routes.js';
import { readPlainSettings } from './plain-settings.js';
import { readForm, readId } from './forms.js';
import { actorOf } from './session-guard.js';
import type { PortalDeps } from './portal-deps.js';

/** What is done with a connection after it was made. */
export function registerManageRoutes(app: FastifyInstance, deps: PortalDeps): void {
  app.post('/connections/:id/flows/:flow/run', async (request, reply) => {
    const connectionId = readId(request.params);
    const { companyId } = await getConnection(deps.db.prisma, { id: connectionId });
    const flow = readForm(request.params)('flow');
    const asked = deps.clock.now().getTime();
    await deps.runNow({ companyId, connectionId, flow, by: actorOf(request) });
    const query = new URLSearchParams({ shop: String(connectionId), flow, asked: String(asked) });
    return reply.redirect(`/runs?${query.toString()}`, 303);
  });

  app.post('/connections/:id/rename', async (request, reply) => {
    const connectionId = readId(request.params);
    await renameConnection(deps, {
      by: actorOf(request),
      connectionId,
      name: readForm(request.body)('name'),
    });
    return backTo(reply, connectionId, 'renamed');
  });

  app.post('/connections/:id/settings', async (request, reply) => {
    const connectionId = readId(request.params);
    const settings = readSettingsForm(request.body);
    const version = Number(readForm(request.body)('version'));
    const wanted = { by: actorOf(request), connectionId, settings, version };
    try {
      await changeSettings(deps, wanted);
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'conflict') throw error;
      return showConnection(deps, request, reply, null, settings);
    }
    return backTo(reply, connectionId, 'settings');
  });

  app.post('/connections/:id/pause', async (request, reply) => {
    const connectionId = readId(request.params);
    await pauseConnection(deps, { by: actorOf(request), connectionId });
    return backTo(reply, connectionId, 'paused');
  });

  app.post('/connections/:id/resume', async (request, reply) => {
    const connectionId = readId(request.params);
    await resumeConnection(deps, { by: actorOf(request), connectionId });
    return backTo(reply, connectionId, 'resumed');
  });

  app.post('/connections/:id/close', async (request, reply) => {
    const connectionId = readId(request.params);
    if (readForm(request.body)('sure') !== 'yes') {
      throw new AppError('invalid-request', 'Tick the box to close the connection for good.');
    }
    await deps.beforeClose(connectionId);
    await closeConnection(deps, { by: actorOf(request), connectionId });
    return backTo(reply, connectionId, 'closed');
  });
}

/** The form's texts as the catalogue of settings wants them; the catalogue judges the values. */
function readSettingsForm(body: unknown): Record<string, unknown> {
  const form = readForm(body);
  const minutes = form('remorseMinutes');
  return {
    remorseMinutes: /^\d+$/.test(minutes) ? Number(minutes) : minutes,
    importCreatedAfter: form('importCreatedAfter') || null,
    constantAttributes: linesOf(form('constantAttributes')).map((line) => readAttribute(line)),
    warehouseCodes: Object.fromEntries(
      linesOf(form('warehouseCodes')).map((line) => {
        const { name, value } = readAttribute(line);
        return [name, value];
      }),
    ),
    ...readPlainSettings(form),
  };
}

function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

function readAttribute(line: string): { name: string; value: string } {
  const [name = '', ...value] = line.split('=');
  return { name: name.trim(), value: value.join('=').trim() };
}
