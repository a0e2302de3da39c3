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

/** A cancellation of an order. */
interface Cancel {
  input: AcknowledgementInput;
  record: Pick<OrderRecord, 'connectionId' | 'order'>;
}

/** Cancellations whose reasons are held against the same: of one shop, of orders with the same status. */
interface CancelGroup {
  connectionId: number;
  tiktokStatus: string;
  /** Of the first one. */
  tiktokOrderId: string;
  inputs: AcknowledgementInput[];
}

function groupsOf(cancels: readonly Cancel[]): Map<string, CancelGroup> {
  const groups = new Map<string, CancelGroup>();
  for (const { input, record } of cancels) {
    const name = groupOf(record);
    const { status: tiktokStatus, tiktokOrderId } = record.order;
    const group = groups.get(name) ?? {
      connectionId: record.connectionId,
      tiktokStatus,
      tiktokOrderId,
      inputs: [],
    };
    group.inputs.push(input);
    groups.set(name, group);
  }
  return groups;
}

function groupOf({ connectionId, order }: Cancel['record']): string {
  return `${connectionId} ${order.status}`;
}

/** What the reasons of cancellations are held against, by what is stored: nobody is asked. */
export async function readReasonPlaces(
  tx: Tx,
  cancels: readonly (Cancel & { connection: Connection })[],
): Promise<(order: Pick<Cancel, 'record'>) => ReasonPlace> {
  const connections = new Map(cancels.map(({ connection }) => [connection.id, connection]));
  const places = new Map<string, ReasonPlace>();
  for (const [name, group] of groupsOf(cancels))
    places.set(name, await readReasonPlace(tx, connections.get(group.connectionId)!, group));
  return ({ record }) => places.get(groupOf(record))!;
}

async function readReasonPlace(
  tx: Tx,
  { id: connectionId, companyId, partnerId, shopRegion }: Connection,
  { tiktokStatus, inputs }: CancelGroup,
): Promise<ReasonPlace> {
  const list = await readReasonList(tx, { connectionId, tiktokStatus });
  const texts = inputs.flatMap((input) => reasonsIn(input).map(({ text }) => text));
  const table = await findSpellings(tx, { companyId, partnerId, table: reasonTable }, texts);
  return { region: shopRegion ?? '', tiktokStatus, partnerId, live: list?.reasons ?? null, table };
}

/** Asks TikTok for the reasons that the orders take, where what is stored is old or does not have the given ones. */
export async function prepareReasons(deps: AcknowledgementDeps, cancels: readonly Cancel[]): Promise<void> {
  const tx = deps.db.prisma;
  await Promise.all(
    [...groupsOf(cancels).values()].map(async (group) => {
      const { inputs, ...order } = group;
      const connection = await getConnection(tx, { id: order.connectionId });
      const place = await readReasonPlace(tx, connection, group);
      await freshenReasons(deps, order, (live) =>
        inputs.flatMap(reasonsIn).every(({ text }) => {
          const match = tiktokReasonFor(text, { ...place, live });
          return match !== null && 'key' in match;
        }),
      );
    }),
  );
}
