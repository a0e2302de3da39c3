import { parseArgs } from 'node:util';
import { documentKinds } from '../compose/kinds.js';
import { changeCompanySettings } from '../administration/change-settings.js';
import { AppError } from '../kernel/errors.js';
import { eraseBuyer } from '../retention/erase-buyer.js';
import { createLogger } from '../telemetry/logging.js';
import { UsageError, type Command } from './command.js';
import { whoActs } from './who-acts.js';

export const retentionCommand: Command = {
  name: 'retention',
  usage: '<company> <days>',
  summary: 'Set how many days after the end of an order its buyer stays known (30 by default).',
  async run(args, context) {
    const { positionals } = parseArgs({ args, allowPositionals: true });
    const [company = '', days = '', ...more] = positionals;
    if (!/^\d{1,9}$/.test(company) || !/^\d{1,9}$/.test(days) || more.length > 0)
      throw new UsageError('Give the number of the company, and a number of days.');
    const { db } = await context.database();
    const settings = { retentionDays: Number(days) };
    const wanted = { companyId: Number(company), settings, by: whoActs() };
    await changeCompanySettings({ db, clock: context.clock }, wanted);
    context.print(`Buyers of company ${company} are forgotten ${days} days after the end of their orders.`);
    return 0;
  },
};

export const forgetBuyerCommand: Command = {
  name: 'forget-buyer',
  usage: '<company> <LogicbrokerKey of the order>',
  summary:
    'Forget the buyer of one order now, in everything that is kept of it, because the buyer asks for it.',
  async run(args, context) {
    const { positionals } = parseArgs({ args, allowPositionals: true });
    const [company = '', key = '', ...more] = positionals;
    if (!/^\d{1,9}$/.test(company) || !/^\d{1,9}$/.test(key) || more.length > 0)
      throw new UsageError('Give the number of the company, and the LogicbrokerKey of the order.');
    const { db } = await context.database();
    const { clock } = context;
    const log = createLogger({ level: 'silent', form: 'json' });
    const kinds = documentKinds({
      db,
      clock,
      log,
      findCancelling: async () => new Map(),
      openShop: () =>
        Promise.reject(new AppError('connection-not-ready', 'Nothing is asked of TikTok here.')),
    });
    const which = { companyId: Number(company), key: Number(key), by: whoActs() };
    const { tiktokOrderId } = await eraseBuyer({ db, clock, log, kinds }, which);
    context.print(`Nothing is kept any more of the buyer of order ${key} (TikTok ${tiktokOrderId}).`);
    return 0;
  },
};
