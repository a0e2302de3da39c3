import { getConnection } from '../connections/connection-store.js';
import type { Connection } from '../connections/connection.js';
import type { AcknowledgementInput } from '../domain/acknowledgement.js';
import { findSpellings } from '../lookups/find-spellings.js';
import { reasonTable } from '../lookups/lookup-table.js';
import type { OrderRecord } from '../orders/order-record.js';
import type { Tx } from '../store/database.js';
import type { AcknowledgementDeps } from './acknowledgement-deps.js';
import { tiktokReasonFor, type ReasonPlace } from './cancel-reasons.js';
import { reasonsIn } from './choose-reason.js';
import { freshenReasons, readReasonList } from './reason-list.js';

/** What the reasons of a cancellation are held against, by what is stored: nobody is asked. */
export async function readReasonPlace(
  tx: Tx,
  { order }: Pick<OrderRecord, 'order'>,
  connection: Pick<Connection, 'id' | 'companyId' | 'partnerId' | 'shopRegion'>,
  input: AcknowledgementInput,
): Promise<ReasonPlace> {
  const { id: connectionId, companyId, partnerId, shopRegion } = connection;
  const { status: tiktokStatus } = order;
  const list = await readReasonList(tx, { connectionId, tiktokStatus });
  const texts = reasonsIn(input).map(({ text }) => text);
  const table = await findSpellings(tx, { companyId, partnerId, table: reasonTable }, texts);
  return { region: shopRegion ?? '', tiktokStatus, partnerId, live: list?.reasons ?? null, table };
}

/** Asks TikTok for the reasons that the order takes, where what is stored is old or does not have the given ones. */
export async function prepareReasons(
  deps: AcknowledgementDeps,
  record: OrderRecord,
  input: AcknowledgementInput,
): Promise<void> {
  const { connectionId, order } = record;
  const tx = deps.db.prisma;
  const connection = await getConnection(tx, { id: connectionId });
  const place = await readReasonPlace(tx, record, connection, input);
  const { tiktokOrderId, status: tiktokStatus } = order;
  await freshenReasons(deps, { connectionId, tiktokStatus, tiktokOrderId }, (live) =>
    reasonsIn(input).every(({ text }) => {
      const match = tiktokReasonFor(text, { ...place, live });
      return match !== null && 'key' in match;
    }),
  );
}
