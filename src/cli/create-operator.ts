import { parseArgs } from 'node:util';
import { createOperator } from '../companies/operator-store.js';
import { UsageError, type Command } from './command.js';

export const createOperatorCommand: Command = {
  name: 'create-operator',
  usage: '<login>',
  summary: 'Create a person who may log in to the pages. Asks for the password, or reads it from a pipe.',
  async run(args, context) {
    const { positionals } = parseArgs({ args, allowPositionals: true });
    const [login, ...more] = positionals;
    if (!login || more.length > 0) throw new UsageError('Give one login.');
    const password = await context.readSecret(`Password for ${login}: `);
    const { db } = await context.database();
    const operator = await createOperator(db.prisma, { login, password });
    context.print(`${operator.login} can log in now.`);
    return 0;
  },
};
