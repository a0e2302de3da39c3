import { parseArgs } from 'node:util';
import { migrateQueueStore } from '../jobs/queues.js';
import { migrate } from '../store/migrate.js';
import type { Command } from './command.js';

export const migrateCommand: Command = {
  name: 'migrate',
  usage: '',
  summary: 'Bring the database to this version: tables, and those of the queue. Safe to repeat.',
  async run(args, context) {
    parseArgs({ args });
    const { url } = await context.database();
    const applied = await migrate(url);
    await migrateQueueStore(url);
    context.print(applied.length > 0 ? `Applied ${applied.join(', ')}.` : 'Nothing to apply.');
    return 0;
  },
};
