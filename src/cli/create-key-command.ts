import { parseArgs } from 'node:util';
import { createApiKey, keySlots, rotateApiKey, type KeySlot } from '../companies/api-key-store.js';
import { findCompany } from '../companies/company-store.js';
import { AppError } from '../kernel/errors.js';
import { DAY_MS } from '../kernel/time.js';
import { idOf, UsageError, type Command } from './command.js';

export const createKeyCommand: Command = {
  name: 'create-key',
  usage: '<company> [--slot primary|secondary] [--replace] [--days <n>]',
  summary: 'Create an API key of a company and print it, once. --replace revokes the one in that slot.',
  async run(args, context) {
    const { positionals, values } = parseArgs({
      args,
      allowPositionals: true,
      options: { slot: { type: 'string' }, replace: { type: 'boolean' }, days: { type: 'string' } },
    });
    const companyId = idOf(positionals[0], 'company number');
    const now = context.clock.now();
    const wanted = {
      companyId,
      slot: slotOf(values.slot),
      now,
      expiresAt:
        values.days === undefined
          ? null
          : new Date(now.getTime() + idOf(values.days, 'number of days') * DAY_MS),
    };
    const { db } = await context.database();
    const { key } = await db.transaction(async (tx) => {
      if (!(await findCompany(tx, companyId)))
        throw new AppError('not-found', `There is no company ${companyId}.`);
      return values.replace ? rotateApiKey(tx, wanted) : createApiKey(tx, wanted);
    });
    context.print(key);
    return 0;
  },
};

function slotOf(text = 'primary'): KeySlot {
  const slot = keySlots.find((candidate) => candidate === text);
  if (!slot) throw new UsageError(`--slot must be one of ${keySlots.join(', ')}.`);
  return slot;
}
