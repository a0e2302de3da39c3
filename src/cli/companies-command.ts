import { parseArgs } from 'node:util';
import { activateCompany, deactivateCompany, renameCompany } from '../administration/manage-company.js';
import { listCompanies } from '../companies/company-store.js';
import { ensureFlows } from '../sync/flows/flows.js';
import { idOf, table, UsageError, type Command } from './command.js';
import { whoActs } from './who-acts.js';

export const listCompaniesCommand: Command = {
  name: 'list-companies',
  usage: '[--json]',
  summary: 'List the companies, and which are deactivated.',
  async run(args, context) {
    const { values } = parseArgs({ args, options: { json: { type: 'boolean' } } });
    const { db } = await context.database();
    const companies = await listCompanies(db.prisma);
    if (values.json) context.print(JSON.stringify(companies, null, 2));
    else {
      const rows = companies.map(({ id, name, deactivatedAt }) => [
        String(id),
        name,
        deactivatedAt ? `deactivated ${deactivatedAt.toISOString()}` : 'active',
      ]);
      context.print(table([['company', 'name', 'standing'], ...rows]));
    }
    return 0;
  },
};

export const renameCompanyCommand: Command = {
  name: 'rename-company',
  usage: '<company> <name>',
  summary: 'Give a company another name.',
  async run(args, context) {
    const { positionals } = parseArgs({ args, allowPositionals: true });
    const [company, name, ...more] = positionals;
    if (!name || more.length > 0)
      throw new UsageError('Give a number and one name; put it in quotes when it has spaces.');
    const { db } = await context.database();
    const renamed = await renameCompany(
      { db },
      { companyId: idOf(company, 'company number'), name, by: whoActs() },
    );
    context.print(`Company ${renamed.id} is called ${renamed.name}.`);
    return 0;
  },
};

export const deactivateCompanyCommand: Command = {
  name: 'deactivate-company',
  usage: '<company>',
  summary: 'Refuse the keys and people of a company and let its connections stand still; nothing is lost.',
  async run([given, ...more], context) {
    if (more.length > 0) throw new UsageError('Give one company number.');
    const { db } = await context.database();
    const which = { companyId: idOf(given, 'company number'), by: whoActs() };
    const company = await deactivateCompany({ db, clock: context.clock }, which);
    context.print(`Company ${company.id} (${company.name}) is deactivated.`);
    return 0;
  },
};

export const activateCompanyCommand: Command = {
  name: 'activate-company',
  usage: '<company>',
  summary: 'Let a deactivated company go on where it stopped.',
  async run([given, ...more], context) {
    if (more.length > 0) throw new UsageError('Give one company number.');
    const { db } = await context.database();
    const { clock, flows } = context;
    const which = { companyId: idOf(given, 'company number'), by: whoActs() };
    const deps = {
      db,
      clock,
      ensureFlows: (tx: Parameters<typeof ensureFlows>[0], flow: { connectionId: number; now: Date }) =>
        ensureFlows(tx, { ...flow, flows }),
    };
    const company = await activateCompany(deps, which);
    context.print(`Company ${company.id} (${company.name}) is active.`);
    return 0;
  },
};
