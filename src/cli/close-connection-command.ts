import { parseArgs } from 'node:util';
import { listConnections } from '../connections/connection-store.js';
import { closeConnection } from '../connections/manage-connection.js';
import { forgetUnused } from '../connections/seller-consent.js';
import type { Database } from '../store/database.js';
import { leaveWebhooks } from '../webhooks/in/keep-webhooks.js';
import { shopAccess } from './shop-access.js';
import { whoActs } from './who-acts.js';
import { idOf, UsageError, type Command, type CommandContext } from './command.js';

export const closeConnectionCommand: Command = {
  name: 'close-connection',
  usage: '<connection>|--simulator',
  summary:
    'Disconnect a shop for good; its documents stay. --simulator: every shop of a simulator, whose tokens are forgotten.',
  async run(args, context) {
    const { positionals, values } = parseArgs({
      args,
      allowPositionals: true,
      options: { simulator: { type: 'boolean' } },
    });
    if (values.simulator) {
      if (positionals.length > 0) throw new UsageError('Give a connection or --simulator, not both.');
      return closeSimulator(context);
    }
    const connectionId = idOf(positionals[0], 'connection number');
    const { db } = await context.database();
    await closeOne(context, db, connectionId);
    return 0;
  },
};

/** While its tokens are there: TikTok is told to send no more webhooks. */
async function closeOne(context: CommandContext, db: Database, connectionId: number): Promise<void> {
  const shops = shopAccess(context, db);
  try {
    const leaving = await leaveWebhooks(shops, connectionId);
    const { name } = await closeConnection({ db, clock: context.clock }, { connectionId, by: whoActs() });
    context.print(`Connection ${connectionId} (${name}) is closed.`);
    if (leaving === 'left') context.print('TikTok sends no more webhooks for it.');
    if (leaving === 'kept')
      context.print('TikTok could not be told to send no more webhooks; they change nothing here.');
  } finally {
    await shops.close();
  }
}

/** What a demo has left behind in a database that is to be production's. */
async function closeSimulator(context: CommandContext): Promise<number> {
  const { db } = await context.database();
  const connections = (await listConnections(db.prisma)).filter(
    ({ environment }) => environment === 'simulator',
  );
  for (const { id } of connections) await closeOne(context, db, id);
  // A seller who has consented and was never chosen has tokens and no connection.
  const authorizations = await db.prisma.authorization.findMany({
    where: { environment: 'simulator' },
    select: { id: true },
  });
  for (const { id } of authorizations) {
    await db.transaction((tx) => forgetUnused(tx, id, "The simulator's connections were closed."));
  }
  context.print('No connection leads to a simulator, and none of its tokens is kept.');
  return 0;
}
