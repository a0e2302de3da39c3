import type { SettingsStanding } from '../companies/settings-standing.js';
import type { ConnectionSettings } from './settings.js';
import type { Environment, ConnectionStatus } from '../domain/shop.js';

/** One TikTok shop of one company. `partnerId` is the company number under which the ERP knows the shop. */
export interface Connection {
  id: number;
  companyId: number;
  partnerId: number;
  name: string;
  environment: Environment;
  isUs: boolean;
  status: ConnectionStatus;
  statusReason: string | null;
  authorizationId: number | null;
  shopId: string | null;
  shopName: string | null;
  /** Two letters, such as `US` or `ID`. */
  shopRegion: string | null;
  sellerType: string | null;
  shopCipher: string | null;
  settings: ConnectionSettings;
  settingsStanding: SettingsStanding;
}

/** A connection on which flows may run. */
export interface ActiveConnection extends Connection {
  status: 'active';
  authorizationId: number;
  shopId: string;
  shopRegion: string;
  shopCipher: string;
}
