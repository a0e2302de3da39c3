import { flag, httpOrigin, port, text } from './config-readers.js';
import { setting } from './setting.js';

/** The simulator in the place of TikTok. */
export const simulatorSettings = {
  allowSimulator: setting({
    env: 'ALLOW_SIMULATOR',
    default: false,
    defaultText: '`false`; the demo: `true`',
    meaning: 'Whether connections to a TikTok Shop simulator are possible. Production refuses it.',
    read: flag,
  }),
  simulatorUrl: setting<string | null>({
    env: 'SIMULATOR_URL',
    default: null,
    defaultText: "the demo's own",
    meaning: 'Address at which this program reaches a simulator.',
    read: httpOrigin,
  }),
  simulatorBrowserUrl: setting<string | null>({
    env: 'SIMULATOR_BROWSER_URL',
    default: null,
    defaultText: '`SIMULATOR_URL`',
    meaning: 'The same as browsers reach it, where that differs (containers).',
    read: httpOrigin,
  }),
  simulatorPort: setting({
    env: 'SIMULATOR_PORT',
    default: 3001,
    meaning: "Port of the demo's simulator.",
    read: port,
  }),
  simulatorAppKey: setting<string | null>({
    env: 'SIMULATOR_APP_KEY',
    default: null,
    defaultText: "the simulator's demo app",
    meaning: 'App key to use against the simulator.',
    read: text,
  }),
  simulatorAppSecret: setting<string | null>({
    env: 'SIMULATOR_APP_SECRET',
    default: null,
    defaultText: "the simulator's demo app",
    meaning: 'App secret to use against the simulator.',
    secret: true,
    read: text,
  }),
  simulatorServiceId: setting<string | null>({
    env: 'SIMULATOR_SERVICE_ID',
    default: null,
    defaultText: "the simulator's demo app",
    meaning: 'Service id to use against the simulator.',
    read: text,
  }),
  demoShipStation: setting({
    env: 'DEMO_SHIPSTATION',
    default: false,
    meaning:
      'Whether the demo plays ShipStation too: it fetches the orders of all its shops and ships them after their hold, in one parcel or two.',
    read: flag,
  }),
} as const;
