import { listApiKeys, type ApiKey } from '../companies/api-key-store.js';
import { writeJson } from '../formats/json.js';
import type { Api } from '../http/api.js';
import { listText, sendJson, sendMessage } from '../http/envelope.js';
import { operation } from '../http/operation.js';
import { HOUR_MS, type Clock } from '../kernel/time.js';
import { ApiKeysResponse, LBApiKeyRotation, NewApiKeyMessage } from '../logicbroker/administration-schema.js';
import { ref } from '../logicbroker/schema.js';
import type { Database } from '../store/database.js';
import { rotateOwnKey } from './manage-keys.js';

const TAG = 'Settings';
const GRACE_HOURS = 24;

/** An ERP's own keys. To make others, and to revoke, takes a person: a stolen key must not make itself a second one that stays. */
export function keyRoutes(api: Api, { db, clock }: { db: Database; clock: Clock }): void {
  api.get(
    '/Settings/ApiKeys',
    {
      schema: operation('v3', 'getApiKeys', TAG, "Your company's API keys", {
        description: 'Those that were replaced and still work included. No key is shown, only its id.',
        ok: ApiKeysResponse,
      }),
    },
    async (request, reply) => {
      const { companyId, keyId } = request.caller;
      const keys = await listApiKeys(db.prisma, companyId, clock.now());
      const texts = keys.map((key) => writeJson(toBody(key, keyId)));
      const numbers = { page: 0, pageSize: Math.max(1, keys.length), totalRecords: keys.length };
      return sendJson(reply, listText('v3', 'ApiKeys', texts, numbers));
    },
  );

  api.post(
    '/Settings/ApiKeys/Rotate',
    {
      config: { answersSecret: true },
      schema: operation('v3', 'rotateApiKey', TAG, 'Replace the key that you call with', {
        description:
          'The new key has the place and the label of the old one, which works for some hours more (GraceHours). It takes no Idempotency-Key: the answer is a secret that is kept nowhere. When the answer is lost, an operator replaces the key.',
        body: ref(LBApiKeyRotation),
        ok: NewApiKeyMessage,
      }),
    },
    async (request, reply) => {
      const graceMs = (request.body.GraceHours ?? GRACE_HOURS) * HOUR_MS;
      const { key, apiKey, oldEndsAt } = await rotateOwnKey({ db, clock }, { by: request.caller, graceMs });
      return sendMessage(reply, {
        Key: key,
        ApiKey: toBody(apiKey, request.caller.keyId),
        OldKeyEndsAt: oldEndsAt.toISOString(),
      });
    },
  );
}

function toBody(key: ApiKey, ownId: string): object {
  const { id, slot, label, createdAt, createdBy, lastUsedAt, expiresAt, retiredAt } = key;
  return {
    Id: id,
    Slot: slot,
    ...(label !== null && { Label: label }),
    CreatedAt: createdAt.toISOString(),
    ...(createdBy !== null && { CreatedBy: createdBy }),
    ...(lastUsedAt && { LastUsedAt: lastUsedAt.toISOString() }),
    ...(expiresAt && { ExpiresAt: expiresAt.toISOString() }),
    IsReplaced: retiredAt !== null,
    IsYours: id === ownId,
  };
}
