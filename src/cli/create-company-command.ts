import { parseArgs } from 'node:util';
import { addCompany } from '../administration/manage-company.js';
import { UsageError, type Command } from './command.js';
import { whoActs } from './who-acts.js';

export const createCompanyCommand: Command = {
  name: 'create-company',
  usage: '<name>',
  summary: 'Create a company (seller) and print its number.',
  async run(args, context) {
    const { positionals } = parseArgs({ args, allowPositionals: true });
    const [name, ...more] = positionals;
    if (!name || more.length > 0) throw new UsageError('Give one name; put it in quotes when it has spaces.');
    const { db } = await context.database();
    const company = await addCompany({ db }, { name, by: whoActs() });
    context.print(`Company ${company.id} (${company.name}). Next: create-key ${company.id}`);
    return 0;
  },
};
