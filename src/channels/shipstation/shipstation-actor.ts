import type { Actor } from '../../companies/actor.js';
import type { Connection } from '../../connections/connection.js';
import type { LogInChannel } from '../../deliveries/channel-log-in-store.js';

export const CHANNEL: LogInChannel = 'shipstation';
/** Begins the number of every shipment that ShipStation tells; its tracking number follows. */
export const NOTICE_PREFIX = 'SS-';

/** ShipStation with the log-in of a shop. */
export interface ShipStationActor extends Actor {
  companyId: number;
}

export function shipStationActor(
  { companyId, partnerId }: Pick<Connection, 'companyId' | 'partnerId'>,
  from: string,
): ShipStationActor {
  return {
    kind: 'channel',
    id: `shipstation-${partnerId}`,
    name: 'ShipStation',
    via: 'api',
    from,
    companies: [companyId],
    role: 'erp',
    companyId,
  };
}
