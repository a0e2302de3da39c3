import { Type, type Static } from 'typebox';
import { arrayResponse, messageOf } from './envelopes.js';
import { dateTime, flag, int32, listOf, named, ref, text } from './schema.js';

/** Settings and API keys: additions of this service, in Logicbroker's manner. */

const settingValues = Type.Unsafe<Record<string, unknown>>({
  type: 'object',
  additionalProperties: true,
  description: 'Value by name of the setting.',
  examples: [{ remorseMinutes: 60 }],
});

const LBSettingDefinition = named(
  'LBSettingDefinition',
  'What can be set.',
  {},
  {
    Scope: text('installation (an environment variable), company or connection.', 'connection'),
    Name: text(undefined, 'remorseMinutes'),
    Default: Type.Unsafe<unknown>({ description: 'Left out where there is none to show.' }),
    Meaning: text(),
  },
);

const LBSettings = named(
  'LBSettings',
  'The settings of a company or of one of its shops.',
  {},
  {
    Scope: text('company or connection.', 'connection'),
    PartnerId: int32('Of the shop; left out for the company.'),
    Version: int32('Raised by every change. It is the ETag too.'),
    ChangedAt: dateTime('Left out when nothing was ever changed.'),
    ChangedBy: text('Who changed them last.', 'operator ada'),
    Settings: settingValues,
  },
);

export const LBSettingsChange = named(
  'LBSettingsChange',
  'Settings that shall have another value; what is left out stays.',
  { Settings: settingValues },
  {
    Version: int32(
      'The version that you have read. When somebody has changed the settings since, nothing is stored and the answer is a 409 with both values. Left out, and without If-Match, you write over whatever there is.',
    ),
  },
);

const LBApiKey = named(
  'LBApiKey',
  'What may be shown of an API key.',
  {},
  {
    Id: text(undefined, 'key_Zk3d9s0aQw1x'),
    Slot: text('primary or secondary.', 'primary'),
    Label: text(undefined, 'ERP, warehouse north'),
    CreatedAt: dateTime(),
    CreatedBy: text('Left out for keys of earlier versions.', 'operator ada'),
    LastUsedAt: dateTime('Exact to a minute; left out for a key that was never used.'),
    ExpiresAt: dateTime('Left out: it works until it is revoked.'),
    IsReplaced: flag('It works until ExpiresAt beside the one that has replaced it.'),
    IsYours: flag('It is the one that this call carries.'),
  },
);

export const LBApiKeyRotation = named(
  'LBApiKeyRotation',
  'How a key replaces itself.',
  {},
  {
    GraceHours: Type.Integer({
      minimum: 0,
      maximum: 720,
      description: 'How long the old key works; 24 when left out.',
    }),
  },
);

const LBNewApiKey = named(
  'LBNewApiKey',
  'A new key.',
  {},
  {
    Key: text('The key itself. It is shown only here.'),
    ApiKey: ref(LBApiKey),
    OldKeyEndsAt: dateTime('Until then the key that this call carries works too.'),
  },
);

export const SettingDefinitionsMessage = messageOf('LBSettingDefinition.List', listOf(LBSettingDefinition));
export const SettingsMessage = messageOf('LBSettings', ref(LBSettings));
export const ApiKeysResponse = arrayResponse('LBApiKey', listOf(LBApiKey));
export const NewApiKeyMessage = messageOf('LBNewApiKey', ref(LBNewApiKey));

export type SettingsChangeBody = Static<typeof LBSettingsChange>;

export const administrationSchemas = [
  LBSettingDefinition,
  LBSettings,
  LBSettingsChange,
  LBApiKey,
  LBApiKeyRotation,
  LBNewApiKey,
  SettingDefinitionsMessage,
  SettingsMessage,
  ApiKeysResponse,
  NewApiKeyMessage,
];
