import { parseArgs } from 'node:util';
import { listConnections } from '../connections/connection-store.js';
import { table, type Command } from './command.js';

export const listConnectionsCommand: Command = {
  name: 'list-connections',
  usage: '[--all] [--json]',
  summary: 'List the connected shops and how they stand. --all shows closed ones too.',
  async run(args, context) {
    const { values } = parseArgs({ args, options: { all: { type: 'boolean' }, json: { type: 'boolean' } } });
    const { db } = await context.database();
    const connections = await listConnections(db.prisma, { includeClosed: values.all ?? false });
    const rows = connections.map(
      ({ id, companyId, partnerId, name, environment, shopName, shopRegion, status }) => ({
        id,
        companyId,
        partnerId,
        name,
        environment,
        shop: [shopName, shopRegion].filter(Boolean).join(', '),
        status,
      }),
    );
    if (values.json) context.print(JSON.stringify(rows, null, 2));
    else {
      const heading = ['id', 'company', 'partner', 'name', 'environment', 'shop', 'status'];
      context.print(table([heading, ...rows.map((row) => Object.values(row).map(String))]));
    }
    return 0;
  },
};
