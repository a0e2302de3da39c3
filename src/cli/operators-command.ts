import { parseArgs } from 'node:util';
import {
  addOperator,
  assignRole,
  dismissOperator,
  logOut,
  resetPassword,
  resetSecondFactor,
} from '../administration/manage-operators.js';
import { operatorRoles, type OperatorRole } from '../companies/actor.js';
import { listSessions } from '../companies/operator-session-store.js';
import { getOperator, listOperators, type Operator, type RoleChoice } from '../companies/operator-store.js';
import type { Database } from '../store/database.js';
import { idOf, table, UsageError, type Command, type CommandContext } from './command.js';
import { whoActs } from './who-acts.js';

/** Passwords are asked for or read from a pipe, never taken from the arguments, which every user of the machine can see. */
export const createOperatorCommand: Command = {
  name: 'create-operator',
  usage: '<login> [--role operator|seller|reader] [--company <n>]',
  summary:
    'Create an operator, a person who may log in to the pages. Asks for the password, or reads it from a pipe. A seller works with one company, a reader looks on.',
  async run(args, context) {
    const { login, ...choice } = loginAndRole(args, 'operator');
    const password = await context.readSecret(`Password for ${login}: `);
    const { db } = await context.database();
    const operator = await addOperator({ db }, { login, password, ...choice, by: whoActs() });
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
        one.companyId === null ? one.role : `${one.role} of ${one.companyId}`,
        one.hasSecondFactor ? 'yes' : 'no',
        one.createdAt.toISOString(),
        one.createdBy ?? '',
        one.passwordSetAt?.toISOString() ?? '',
        one.passwordSetBy ?? '',
      ]);
      context.print(
        table([['login', 'role', 'second factor', 'added', 'by', 'password changed', 'by'], ...rows]),
      );
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
    const { db, operator } = await operatorNamed(login, context);
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
    const { db, operator } = await operatorNamed(login, context);
    await dismissOperator({ db }, { operator, by: whoActs() });
    context.print(`${operator.login} was removed and is logged out.`);
    return 0;
  },
};

export const setRoleCommand: Command = {
  name: 'set-role',
  usage: '<login> --role operator|seller|reader [--company <n>]',
  summary: 'Give an operator another role, from the next click on.',
  async run(args, context) {
    const { login, ...choice } = loginAndRole(args, null);
    const { db, operator } = await operatorNamed(login, context);
    await assignRole({ db }, { operator, ...choice, by: whoActs() });
    context.print(`${operator.login} is ${choice.role} from now on.`);
    return 0;
  },
};

export const resetSecondFactorCommand: Command = {
  name: 'reset-second-factor',
  usage: '<login>',
  summary: 'Switch the second factor of an operator off who has lost the device and the recovery codes.',
  async run(args, context) {
    const login = oneLogin(args);
    const { db, operator } = await operatorNamed(login, context);
    const was = await resetSecondFactor({ db }, { operator, by: whoActs() });
    context.print(
      was ? `${operator.login} logs in with the password alone now.` : 'There was no second factor.',
    );
    return 0;
  },
};

export const endSessionsCommand: Command = {
  name: 'end-sessions',
  usage: '<login> [--list]',
  summary: 'Log an operator out everywhere; --list only shows where the operator is logged in.',
  async run(args, context) {
    const { positionals, values } = parseArgs({
      args,
      allowPositionals: true,
      options: { list: { type: 'boolean' } },
    });
    const login = oneLogin(positionals);
    const { db, operator } = await operatorNamed(login, context);
    if (values.list) {
      const sessions = await listSessions(db.prisma, operator.id, context.clock.now());
      const rows = sessions.map(({ createdAt, seenAt, range, browser }) => [
        createdAt.toISOString(),
        seenAt.toISOString(),
        range ?? '',
        browser ?? '',
      ]);
      context.print(table([['since', 'last seen', 'from', 'browser'], ...rows]));
      return 0;
    }
    const count = await logOut({ db }, { operator, by: whoActs() });
    context.print(`${count} sessions of ${operator.login} have ended.`);
    return 0;
  },
};

/** @throws AppError not-found */
async function operatorNamed(
  login: string,
  context: CommandContext,
): Promise<{ db: Database; operator: Operator }> {
  const { db } = await context.database();
  return { db, operator: await getOperator(db.prisma, { login }) };
}

function loginAndRole(args: string[], otherwise: OperatorRole | null): RoleChoice & { login: string } {
  const { positionals, values } = parseArgs({
    args,
    allowPositionals: true,
    options: { role: { type: 'string' }, company: { type: 'string' } },
  });
  const role = operatorRoles.find((each) => each === (values.role ?? otherwise));
  if (!role) throw new UsageError(`--role must be one of ${operatorRoles.join(', ')}.`);
  const companyId = values.company === undefined ? null : idOf(values.company, 'company number');
  return { login: oneLogin(positionals), role, companyId };
}

function oneLogin(args: string[]): string {
  const { positionals } = parseArgs({ args, allowPositionals: true });
  const [login, ...more] = positionals;
  if (!login || more.length > 0) throw new UsageError('Give one login.');
  return login;
}
