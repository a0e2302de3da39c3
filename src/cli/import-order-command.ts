import { parseArgs } from 'node:util';
import { getConnection } from '../connections/connection-store.js';
import { findOrdersOfShop } from '../orders/order-store.js';
import { pullOrdersFlow } from '../orders/order-flow.js';
import { requestOrder } from '../orders/order-requests.js';
import { connectionSubject } from '../sync/subjects/connection-subject.js';
import { askForRun, tellRun, waitMsOf } from './ask-for-run.js';
import { whoActs } from './who-acts.js';
import { idOf, UsageError, type Command, type CommandContext } from './command.js';

export const importOrderCommand: Command = {
  name: 'import-order',
  usage: '<connection> <TikTok order id> [--wait <seconds>]',
  summary:
    'Have a worker read one order from TikTok now: one that no pull has seen, or one to be decided anew by the same rules. Waits for the end (60 s; --wait 0 only asks).',
  async run(args, context) {
    const { positionals, values } = parseArgs({
      args,
      allowPositionals: true,
      options: { wait: { type: 'string' } },
    });
    const [connection, tiktokOrderId = ''] = positionals;
    const connectionId = idOf(connection, 'connection number');
    if (!/^\d{1,30}$/.test(tiktokOrderId))
      throw new UsageError('The order must be named by TikTok’s order id.');
    const also = (tx: Parameters<typeof requestOrder>[0]) =>
      requestOrder(tx, { connectionId, tiktokOrderId });
    const waitMs = waitMsOf(values.wait);
    const named = { subject: { kind: connectionSubject.kind, id: connectionId }, name: pullOrdersFlow.name };
    const flow = await askForRun(context, named, { by: whoActs(), waitMs, also });
    const code = tellRun(context, flow);
    if (code !== 0 || flow === 'asked') return code;
    return tellOrder(context, connectionId, tiktokOrderId);
  },
};

async function tellOrder(
  context: CommandContext,
  connectionId: number,
  tiktokOrderId: string,
): Promise<number> {
  const { db } = await context.database();
  const { environment, shopId, companyId } = await getConnection(db.prisma, { id: connectionId });
  const shop = { environment, shopId: shopId ?? '' };
  const [record] = await findOrdersOfShop(db.prisma, shop, [tiktokOrderId]);
  if (!record || record.companyId !== companyId) {
    context.print(`TikTok shows no order ${tiktokOrderId} in this shop, or it cannot be read.`);
    return 1;
  }
  const { state, documentKey, gate, gateReason } = record;
  context.print(
    state === 'exported'
      ? `Order ${tiktokOrderId} is document ${documentKey}.`
      : `Order ${tiktokOrderId} ${state === 'waiting' ? 'waits' : 'is not imported'} (${gate}): ${gateReason}`,
  );
  return 0;
}
