import type { ConnectionSettings } from './settings.js';

/** Where a connection's TikTok is. */
export type Environment = 'production' | 'simulator';

/** `draft`: no shop chosen yet. `needs_reauthorization` and `paused` keep every flow standing, with nothing lost. */
export type ConnectionStatus = 'draft' | 'active' | 'needs_reauthorization' | 'paused' | 'closed';

const standings: Readonly<Record<ConnectionStatus, string>> = {
  draft: 'is not finished',
  active: 'is active',
  needs_reauthorization: 'needs re-authorisation',
  paused: 'is paused',
  closed: 'is closed',
};

/** How a connection stands, to go on after "The connection". */
export function standingOf(status: ConnectionStatus): string {
  return standings[status];
}

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
}

/** A connection on which flows may run. */
export interface ActiveConnection extends Connection {
  status: 'active';
  authorizationId: number;
  shopId: string;
  shopRegion: string;
  shopCipher: string;
}
