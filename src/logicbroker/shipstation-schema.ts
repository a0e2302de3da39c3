import { Type } from 'typebox';
import { messageOf } from './envelopes.js';
import { dateTime, flag, int32, named, ref, text, type Named } from './schema.js';

/** How a shop stands with ShipStation: an addition of this service. */

const LBShipStation = named(
  'LBShipStation',
  'How one of your shops stands with a Custom Store of ShipStation.',
  {},
  {
    IsOn: flag('Off: ShipStation is not let in.'),
    Url: text(
      'What ShipStation asks for as URL to Custom XML Page.',
      'https://hub.example.com/shipstation/7002',
    ),
    UserName: text(undefined, 'shop-7002'),
    CreatedAt: dateTime('When its password was made.'),
    CreatedBy: text(undefined, 'operator ada'),
    OldPasswordEndsAt: dateTime('Until then the password before works too.'),
    OrdersReadAt: dateTime('When ShipStation fetched orders last, exact to a minute.'),
    ShipmentToldAt: dateTime('When ShipStation told a shipment last, exact to a minute.'),
    OrdersLeftOut: int32('Orders that ShipStation is not shown; their history says why.'),
    NoticesRefused: int32(
      'Orders whose last shipment from ShipStation was not taken; their history says why.',
    ),
  },
);

const MOST_GRACE_HOURS = 7 * 24;

export const LBShipStationRotation = named(
  'LBShipStationRotation',
  'How a password is made.',
  {},
  {
    GraceHours: Type.Integer({
      minimum: 0,
      maximum: MOST_GRACE_HOURS,
      description: 'How long the password before works; 24 when left out.',
    }),
  },
);

const LBShipStationPassword = named(
  'LBShipStationPassword',
  'What ShipStation asks for when the store is made.',
  {},
  {
    Url: text(undefined, 'https://hub.example.com/shipstation/7002'),
    UserName: text(undefined, 'shop-7002'),
    Password: text('It is shown only here.'),
    OldPasswordEndsAt: dateTime('Until then the password before works too.'),
  },
);

export const ShipStationMessage = messageOf('LBShipStation', ref(LBShipStation));
export const ShipStationPasswordMessage = messageOf('LBShipStationPassword', ref(LBShipStationPassword));

export const shipStationSchemas: Named[] = [
  LBShipStation,
  LBShipStationRotation,
  LBShipStationPassword,
  ShipStationMessage,
  ShipStationPasswordMessage,
];
