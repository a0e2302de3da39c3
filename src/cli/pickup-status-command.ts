import { parseArgs } from 'node:util';
import { changeCompanySettings } from '../administration/change-settings.js';
import { statusName } from '../logicbroker/statuses.js';
import { UsageError, type Command } from './command.js';
import { whoActs } from './who-acts.js';

export const pickupStatusCommand: Command = {
  name: 'pickup-status',
  usage: '<company> <100|150>',
  summary: 'Set the status at which new orders of a company wait for its ERP.',
  async run(args, context) {
    const { positionals } = parseArgs({ args, allowPositionals: true });
    const [company = '', status = '', ...more] = positionals;
    if (!/^\d+$/.test(company) || !/^\d+$/.test(status) || more.length > 0)
      throw new UsageError('Give the number of the company, and 100 or 150.');
    const { db } = await context.database();
    const settings = { pickupStatus: Number(status) };
    const wanted = { companyId: Number(company), settings, by: whoActs() };
    await changeCompanySettings({ db, clock: context.clock }, wanted);
    context.print(
      `New orders of company ${company} wait at ${status} ${statusName('order', Number(status))}.`,
    );
    return 0;
  },
};
