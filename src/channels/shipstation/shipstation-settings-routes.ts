import { connectionOf, PartnerParams } from '../../connections/shop-in-path.js';
import type { Connection } from '../../connections/connection.js';
import type { Api } from '../../http/api.js';
import { sendMessage } from '../../http/envelope.js';
import { operation } from '../../http/operation.js';
import { HOUR_MS } from '../../kernel/time.js';
import { ref } from '../../logicbroker/schema.js';
import {
  LBShipStationRotation,
  ShipStationMessage,
  ShipStationPasswordMessage,
} from '../../logicbroker/shipstation-schema.js';
import {
  removeShipStation,
  setShipStationPassword,
  shipStationStanding,
  type ManageDeps,
} from './manage-shipstation.js';
import { SHIPSTATION_PATH } from './shipstation-routes.js';

interface SettingsDeps extends ManageDeps {
  /** Where this service is reached from outside. */
  publicUrl: () => string;
}

const TAG = 'Settings';
const PATH = '/Settings/Partners/:partnerId/ShipStation';
const GRACE_HOURS = 24;

/** Lets a Custom Store of ShipStation in: an addition of this service, v3 only. */
export function shipStationSettingsRoutes(api: Api, deps: SettingsDeps): void {
  const { db } = deps;
  const urlOf = ({ partnerId }: Connection) => `${deps.publicUrl()}${SHIPSTATION_PATH}/${partnerId}`;

  api.get(
    PATH,
    {
      schema: operation('v3', 'getShipStation', TAG, 'How a shop stands with ShipStation', {
        params: PartnerParams,
        ok: ShipStationMessage,
      }),
    },
    async (request, reply) => {
      const shop = await connectionOf(db, request);
      const { logIn, leftOut, refused } = await shipStationStanding(deps, shop);
      return sendMessage(reply, {
        IsOn: logIn !== null,
        Url: urlOf(shop),
        ...(logIn && {
          UserName: logIn.login,
          CreatedAt: logIn.createdAt.toISOString(),
          CreatedBy: logIn.createdBy,
          OldPasswordEndsAt: timeText(logIn.previousUntil),
          OrdersReadAt: timeText(logIn.readAt),
          ShipmentToldAt: timeText(logIn.saidAt),
        }),
        OrdersLeftOut: leftOut,
        NoticesRefused: refused,
      });
    },
  );

  api.post(
    `${PATH}/Password`,
    {
      config: { answersSecret: true },
      schema: operation('v3', 'setShipStationPassword', TAG, 'Let ShipStation fetch the orders of a shop', {
        description:
          'Makes the password of the store, or another one; the one before works for some hours more (GraceHours). It takes no Idempotency-Key: the answer is a secret that is kept nowhere. When the answer is lost, make another.',
        params: PartnerParams,
        body: ref(LBShipStationRotation),
        ok: ShipStationPasswordMessage,
      }),
    },
    async (request, reply) => {
      const shop = await connectionOf(db, request);
      const graceMs = (request.body.GraceHours ?? GRACE_HOURS) * HOUR_MS;
      const made = await setShipStationPassword(deps, shop, { by: request.caller, graceMs });
      return sendMessage(reply, {
        Url: urlOf(shop),
        UserName: made.login,
        Password: made.password,
        OldPasswordEndsAt: timeText(made.previousUntil),
      });
    },
  );

  api.delete(
    PATH,
    {
      schema: operation('v3', 'removeShipStation', TAG, 'Keep ShipStation out of a shop', {
        description: 'Its password ends at once; orders and shipments stay. Safe to repeat.',
        params: PartnerParams,
        ok: 'ShipStation is not let in.',
      }),
    },
    async (request, reply) => {
      const shop = await connectionOf(db, request);
      await removeShipStation(deps, shop, { by: request.caller });
      return reply.code(204).send();
    },
  );
}

function timeText(time: Date | null): string | undefined {
  return time?.toISOString();
}
