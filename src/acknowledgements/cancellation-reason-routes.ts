import { Type } from 'typebox';
import type { Connection } from '../connections/connection.js';
import { listConnections } from '../connections/connection-store.js';
import { AppError } from '../kernel/errors.js';
import type { Api, ApiVersion } from '../http/api.js';
import { sendMessage } from '../http/envelope.js';
import { operation } from '../http/operation.js';
import { CancellationReasonsMessage } from '../logicbroker/cancellation-reasons.js';
import { listRows } from '../lookups/lookup-store.js';
import { MOST_ROWS, PARTNER_COLUMN, reasonTable, type LookupRow } from '../lookups/lookup-table.js';
import { spellingKey } from '../lookups/spelling.js';
import type { Database, Tx } from '../store/database.js';
import { possibleReasons, reasonsOf, type CancelReason } from './cancel-reasons.js';
import { listReasonLists } from './reason-list.js';

export function cancellationReasonRoutes(api: Api, version: ApiVersion, { db }: { db: Database }): void {
  api.get(
    '/Partners/:partnerId/CancellationReasons',
    {
      schema: operation(
        version,
        'getCancellationReasons',
        'Partners',
        'Why orders of a shop can be cancelled',
        {
          description:
            "What TikTok takes from the shop, with the ChangeReasons that stand for it. TikTok's own list counts where it was read, which happens with a cancellation; else what it documents for the shop's region. OwnReasons are the rows of your CustomLookupTables table CancelReasons that count for the shop.",
          params: Type.Object({
            partnerId: Type.String({
              description: 'Company number of the shop: SenderCompanyId of its orders.',
            }),
          }),
          ok: CancellationReasonsMessage,
        },
      ),
    },
    async (request, reply) => {
      const connections = await listConnections(db.prisma, { companyId: request.caller.companyId });
      const { partnerId } = request.params;
      const connection = connections.find((each) => String(each.partnerId) === partnerId);
      if (!connection) throw noSuchPartner();
      const lists = await listReasonLists(db.prisma, connection.id);
      const shown = reasonsShown(connection, lists);
      const OwnReasons = await ownReasons(db.prisma, connection, shown.Reasons);
      return sendMessage(reply, { Region: connection.shopRegion ?? '', ...shown, OwnReasons });
    },
  );
}

interface ShownReason {
  TikTokReason: string;
  ChangeReasons: readonly string[];
  Meaning: string;
  OrderIsPaid: boolean;
  TikTokOrderStatuses?: string[];
}

/** What the company's own table adds for the shop: a row of the shop goes before one of all shops. */
async function ownReasons(
  tx: Tx,
  { companyId, partnerId }: Connection,
  reasons: readonly ShownReason[],
): Promise<object[]> {
  const rows = await listRows(tx, { companyId, table: reasonTable }, { skip: 0, take: MOST_ROWS });
  const partner = String(partnerId);
  const texts = new Map<string, { row: LookupRow; ofShop: boolean }>();
  for (const row of rows) {
    const of = row.values[PARTNER_COLUMN] ?? '';
    const key = spellingKey(row.values['ChangeReason'] ?? '');
    if ((of === '' || of === partner) && !texts.get(key)?.ofShop)
      texts.set(key, { row, ofShop: of === partner });
  }
  return [...texts.values()].map(({ row: { id, values } }) => {
    const meant = spellingKey(values['TikTokReason'] ?? '');
    const found = reasons.filter(({ TikTokReason, ChangeReasons }) =>
      [TikTokReason, ...ChangeReasons].some((name) => spellingKey(name) === meant),
    );
    return {
      Id: id,
      ChangeReason: values['ChangeReason'],
      Means: values['TikTokReason'],
      // One name may stand for a reason of paid orders and one of orders that are not.
      TikTokReasons: [...new Set(found.map(({ TikTokReason }) => TikTokReason))],
    };
  });
}

function noSuchPartner(): AppError {
  return new AppError('not-found', 'There is no partner with this number.', {
    details: [{ field: 'partnerId', message: 'is not known', next: 'GET Partners lists yours.' }],
  });
}

/** The lists of all statuses together, each reason with the statuses that it is for. */
function reasonsShown(
  { shopRegion }: Connection,
  lists: readonly { reasons: string[]; tiktokStatus: string; fetchedAt: Date }[],
): { Source: string; AsOf?: Date; Reasons: ShownReason[] } {
  const region = shopRegion ?? '';
  const [oldest] = lists.toSorted((a, b) => a.fetchedAt.getTime() - b.fetchedAt.getTime());
  if (!oldest) return { Source: 'documents', Reasons: reasonsOf(region).map((reason) => toRecord(reason)) };
  const read = lists.flatMap(({ tiktokStatus, reasons: live }) =>
    possibleReasons({ region, tiktokStatus, live }).map((reason) => ({ ...reason, tiktokStatus })),
  );
  // A stage of payment of which nothing was read has the documented ones.
  const unread = reasonsOf(region).filter(({ stage }) => !read.some((reason) => reason.stage === stage));
  const keys = [...new Set(read.map(({ tiktokReason, stage }) => `${stage} ${tiktokReason}`))];
  return {
    Source: 'TikTok',
    AsOf: oldest.fetchedAt,
    Reasons: [
      ...keys.flatMap((key) => {
        const same = read.filter(({ stage, tiktokReason }) => `${stage} ${tiktokReason}` === key);
        const [reason] = same;
        return reason
          ? [
              toRecord(
                reason,
                same.map(({ tiktokStatus }) => tiktokStatus),
              ),
            ]
          : [];
      }),
      ...unread.map((reason) => toRecord(reason)),
    ],
  };
}

function toRecord(
  { stage, meaning, tiktokReason, changeReasons }: CancelReason,
  statuses?: string[],
): ShownReason {
  return {
    TikTokReason: tiktokReason,
    ChangeReasons: changeReasons,
    Meaning: meaning ?? 'not known',
    OrderIsPaid: stage === 'paid',
    ...(statuses && { TikTokOrderStatuses: statuses }),
  };
}
