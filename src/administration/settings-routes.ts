import type { FastifyReply, FastifyRequest } from 'fastify';
import { getCompanySettings } from '../companies/company-settings.js';
import type { SettingsStanding } from '../companies/settings-standing.js';
import type { Connection } from '../connections/connection.js';
import { connectionOf, PartnerParams } from '../connections/shop-in-path.js';
import { changeSettings } from '../connections/manage-connection.js';
import type { Api } from '../http/api.js';
import { etagOf } from '../http/conditional.js';
import { sendMessage } from '../http/envelope.js';
import { operation } from '../http/operation.js';
import type { Clock } from '../kernel/time.js';
import {
  LBSettingsChange,
  SettingDefinitionsMessage,
  SettingsMessage,
  type SettingsChangeBody,
} from '../logicbroker/administration-schema.js';
import { ref } from '../logicbroker/schema.js';
import type { Database } from '../store/database.js';
import { catalogueOfSettings, changeCompanySettings } from './change-settings.js';

interface SettingsRouteDeps {
  db: Database;
  clock: Clock;
}

const TAG = 'Settings';
const COMPANY = '/Settings/Company';
const SHOP = '/Settings/Partners/:partnerId';
const CONFLICT =
  'With If-Match, or Version in the body, a change that somebody made since you read is a 409 that names both values of each setting; nothing is stored then.';

/** What a company sets for itself and for its shops. Logicbroker has it on its own pages: v3 only. */
export function settingsRoutes(api: Api, deps: SettingsRouteDeps): void {
  const { db } = deps;
  api.get(
    '/Settings/Catalogue',
    {
      schema: operation('v3', 'getSettingsCatalogue', TAG, 'Everything that can be set', {
        description: 'Of the installation, of a company and of a connection, with defaults and meanings.',
        ok: SettingDefinitionsMessage,
      }),
    },
    async (_request, reply) =>
      sendMessage(
        reply,
        catalogueOfSettings().map(({ scope, name, default: value, meaning }) => ({
          Scope: scope,
          Name: name,
          ...(value === null ? {} : { Default: value }),
          Meaning: meaning,
        })),
      ),
  );

  api.get(
    COMPANY,
    {
      schema: operation('v3', 'getCompanySettings', TAG, 'The settings of your company', {
        ok: SettingsMessage,
      }),
    },
    async (request, reply) => {
      const { settings, standing } = await getCompanySettings(db.prisma, request.caller.companyId);
      return send(reply, { Scope: 'company' }, standing, settings);
    },
  );

  api.put(
    COMPANY,
    {
      schema: operation('v3', 'updateCompanySettings', TAG, 'Change settings of your company', {
        description: CONFLICT,
        body: ref(LBSettingsChange),
        ok: SettingsMessage,
      }),
    },
    async (request, reply) => {
      const by = request.caller;
      const wanted = { companyId: by.companyId, by, settings: request.body.Settings };
      const version = versionOf(request, request.body);
      const { settings, standing } = await changeCompanySettings(deps, { ...wanted, version });
      return send(reply, { Scope: 'company' }, standing, settings);
    },
  );

  api.get(
    SHOP,
    {
      schema: operation('v3', 'getPartnerSettings', TAG, 'The settings of one of your shops', {
        params: PartnerParams,
        ok: SettingsMessage,
      }),
    },
    async (request, reply) => {
      return sendShop(reply, await connectionOf(db, request));
    },
  );

  api.put(
    SHOP,
    {
      schema: operation('v3', 'updatePartnerSettings', TAG, 'Change settings of one of your shops', {
        description: CONFLICT,
        params: PartnerParams,
        body: ref(LBSettingsChange),
        ok: SettingsMessage,
      }),
    },
    async (request, reply) => {
      const by = request.caller;
      const { companyId } = by;
      const shop = await connectionOf(db, request);
      const wanted = { companyId, connectionId: shop.id, by, settings: request.body.Settings };
      return sendShop(
        reply,
        await changeSettings(deps, { ...wanted, version: versionOf(request, request.body) }),
      );
    },
  );
}

function sendShop(reply: FastifyReply, { partnerId, settings, settingsStanding }: Connection): FastifyReply {
  return send(reply, { Scope: 'connection', PartnerId: partnerId }, settingsStanding, settings);
}

function send(reply: FastifyReply, head: object, standing: SettingsStanding, settings: object): FastifyReply {
  const { version, changedAt, changedBy } = standing;
  void reply.header('etag', etagOf(version));
  return sendMessage(reply, {
    ...head,
    Version: version,
    ...(changedAt && { ChangedAt: changedAt.toISOString() }),
    ...(changedBy !== null && { ChangedBy: changedBy }),
    Settings: settings,
  });
}

/** What the caller has read, by either way; a tag that is none of ours fits no version. */
function versionOf(request: FastifyRequest, { Version }: SettingsChangeBody): number | undefined {
  const tag = request.headers['if-match']?.trim();
  if (tag === undefined || tag === '*') return Version;
  return /^"\d{1,9}"$/.test(tag) ? Number(tag.slice(1, -1)) : 0;
}
