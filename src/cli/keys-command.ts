import { parseArgs } from 'node:util';
import { endKey, renameKey } from '../administration/manage-keys.js';
import { keySlots, listApiKeys } from '../companies/api-key-store.js';
import { AppError } from '../kernel/errors.js';
import { idOf, table, UsageError, type Command } from './command.js';
import { whoActs } from './who-acts.js';

export const listKeysCommand: Command = {
  name: 'list-keys',
  usage: '<company> [--json]',
  summary:
    'List the API keys of a company: label, who made them, last use, and how long a replaced one works.',
  async run(args, context) {
    const { positionals, values } = parseArgs({
      args,
      allowPositionals: true,
      options: { json: { type: 'boolean' } },
    });
    const companyId = idOf(positionals[0], 'company number');
    const { db } = await context.database();
    const keys = await listApiKeys(db.prisma, companyId, context.clock.now());
    if (values.json) context.print(JSON.stringify(keys, null, 2));
    else {
      const rows = keys.map((key) => [
        key.id,
        key.slot,
        key.label ?? '',
        key.createdAt.toISOString(),
        key.createdBy ?? '',
        key.lastUsedAt?.toISOString() ?? 'never',
        `${key.retiredAt ? 'replaced, works until ' : ''}${key.expiresAt?.toISOString() ?? ''}`,
      ]);
      context.print(table([['key', 'slot', 'label', 'made', 'by', 'last used', 'ends'], ...rows]));
    }
    return 0;
  },
};

export const revokeKeyCommand: Command = {
  name: 'revoke-key',
  usage: '<company> primary|secondary|<key id>',
  summary: 'End the API keys in a slot, a replaced one that still works included, or one key by its id.',
  async run([given, what, ...more], context) {
    if (!what || more.length > 0)
      throw new UsageError('Give a company number, and a slot or the id of a key.');
    const { db } = await context.database();
    const slot = keySlots.find((each) => each === what);
    const which = { companyId: idOf(given, 'company number'), by: whoActs() };
    const deps = { db, clock: context.clock };
    const count = await endKey(deps, slot ? { ...which, slot } : { ...which, keyId: what });
    if (count === 0) throw new AppError('not-found', 'There is no such key.');
    context.print(`${count} ${count === 1 ? 'key is' : 'keys are'} revoked.`);
    return 0;
  },
};

export const labelKeyCommand: Command = {
  name: 'label-key',
  usage: '<company> <key id> <label>',
  summary: 'Say what an API key is for.',
  async run([given, keyId, label, ...more], context) {
    if (!keyId || label === undefined || more.length > 0)
      throw new UsageError('Give a company number, the id of a key, and a label in quotes.');
    const { db } = await context.database();
    await renameKey({ db }, { companyId: idOf(given, 'company number'), keyId, label, by: whoActs() });
    context.print(`${keyId} is labelled.`);
    return 0;
  },
};
