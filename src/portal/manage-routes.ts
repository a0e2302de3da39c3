import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { getConnection } from '../connections/connection-store.js';
import {
  changeSettings,
  closeConnection,
  pauseConnection,
  renameConnection,
  resumeConnection,
} from '../connections/manage-connection.js';
import { AppError, type ErrorDetail } from '../kernel/errors.js';
import { backTo } from './connection-routes.js';
import { settingsCatalogue } from '../connections/settings.js';
import type { Filled } from './parts/field.js';
import { sendPage } from './send-page.js';
import { settingsPage } from './settings-page.js';
import { labelOf, type SettingKey } from './settings-words.js';
import { readPlainSettings } from './plain-settings.js';
import { readForm, readId } from './forms.js';
import { actorOf, requireSession } from './session-guard.js';
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

  app.get('/connections/:id/settings', (request, reply) => showSettings(deps, request, reply, null, []));

  app.post('/connections/:id/settings', async (request, reply) => {
    const connectionId = readId(request.params);
    const settings = readSettingsForm(request.body);
    const version = Number(readForm(request.body)('version'));
    const wanted = { by: actorOf(request), connectionId, settings, version };
    try {
      await changeSettings(deps, wanted);
    } catch (error) {
      if (!(error instanceof AppError) || !['conflict', 'invalid-request'].includes(error.code)) throw error;
      const problems = error.code === 'conflict' ? [] : error.details.map((detail) => problemOf(detail));
      return showSettings(deps, request, reply.code(error.status), settings, problems);
    }
    return reply.redirect(`/connections/${connectionId}/settings?done=settings`, 303);
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

async function showSettings(
  deps: PortalDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  refused: Record<string, unknown> | null,
  problems: Filled['problems'],
): Promise<FastifyReply> {
  const session = requireSession(request);
  const connection = await getConnection(deps.db.prisma, { id: readId(request.params) });
  const done = readForm(request.query)('done') === 'settings' ? 'Settings saved.' : null;
  return sendPage(reply, {
    title: `Settings of ${connection.name}`,
    session,
    body: settingsPage({ session, connection, refused, problems, done }),
    crumbs: [
      ['/connections', 'Connections'],
      [`/connections/${connection.id}`, connection.name],
    ],
  });
}

/** The name of a setting in a message becomes what the page calls it. */
function problemOf({ field = '', message, next }: ErrorDetail): Filled['problems'][number] {
  const isKnown = Object.hasOwn(settingsCatalogue, field);
  const label = isKnown ? labelOf(field as SettingKey) : field;
  return {
    field,
    message: message.startsWith(field) ? `${label}${message.slice(field.length)}` : message,
    next,
  };
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
    ...(isSent(body, 'shipStationStatuses') && {
      shipStationStatuses: Object.fromEntries(
        linesOf(form('shipStationStatuses')).map((line) => {
          const { name, value } = readAttribute(line);
          return [name, value];
        }),
      ),
    }),
    ...(isSent(body, 'shipStationCustomFields') && {
      shipStationCustomFields: linesOf(form('shipStationCustomFields')),
    }),
  };
}

function isSent(body: unknown, name: string): boolean {
  return typeof body === 'object' && body !== null && Object.hasOwn(body, name);
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
