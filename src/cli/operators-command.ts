import { parseArgs } from 'node:util';
import { addOperator, dismissOperator, resetPassword } from '../administration/manage-operators.js';
import { getOperator, listOperators } from '../companies/operator-store.js';
import { table, UsageError, type Command } from './command.js';
import { whoActs } from './who-acts.js';

/** Passwords are asked for or read from a pipe, never taken from the arguments, which every user of the machine can see. */
export const createOperatorCommand: Command = {
  name: 'create-operator',
  usage: '<login>',
  summary:
    'Create an operator, a person who may log in to the pages. Asks for the password, or reads it from a pipe.',
  async run(args, context) {
    const login = oneLogin(args);
    const password = await context.readSecret(`Password for ${login}: `);
    const { db } = await context.database();
    const operator = await addOperator({ db }, { login, password, by: whoActs() });
    context.print(`${operator.login} can log in now.`);
    return 0;
  },
};

export const listOperatorsCommand: Command = {
  name: 'list-operators',
  usage: '[--json]',
  summary: 'List the operators: who added them, and when their passwords were set.',
  async run(args, context) {
    const { values } = parseArgs({ args, options: { json: { type: 'boolean' } } });
    const { db } = await context.database();
    const operators = await listOperators(db.prisma);
    if (values.json) context.print(JSON.stringify(operators, null, 2));
    else {
      const rows = operators.map((one) => [
        one.login,
        one.createdAt.toISOString(),
        one.createdBy ?? '',
        one.passwordSetAt?.toISOString() ?? '',
        one.passwordSetBy ?? '',
      ]);
      context.print(table([['login', 'added', 'by', 'password changed', 'by'], ...rows]));
    }
    return 0;
  },
};

export const setPasswordCommand: Command = {
  name: 'set-password',
  usage: '<login>',
  summary:
    'Give an operator a new password and end all their sessions. Asks for it, or reads it from a pipe.',
  async run(args, context) {
    const login = oneLogin(args);
    const password = await context.readSecret(`New password for ${login}: `);
    const { db } = await context.database();
    const operator = await getOperator(db.prisma, { login });
    await resetPassword({ db, clock: context.clock }, { operator, password, by: whoActs() });
    context.print(`${operator.login} has a new password; every session of ${operator.login} has ended.`);
    return 0;
  },
};

export const removeOperatorCommand: Command = {
  name: 'remove-operator',
  usage: '<login>',
  summary: 'Remove an operator and end all their sessions.',
  async run(args, context) {
    const login = oneLogin(args);
    const { db } = await context.database();
    const operator = await getOperator(db.prisma, { login });
    await dismissOperator({ db }, { operator, by: whoActs() });
    context.print(`${operator.login} was removed and is logged out.`);
    return 0;
  },
};

function oneLogin(args: string[]): string {
  const { positionals } = parseArgs({ args, allowPositionals: true });
  const [login, ...more] = positionals;
  if (!login || more.length > 0) throw new UsageError('Give one login.');
  return login;
}
