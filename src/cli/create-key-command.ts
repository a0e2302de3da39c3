import { parseArgs } from 'node:util';
import { keySlots, type KeySlot } from '../companies/api-key-store.js';
import { issueKey } from '../administration/manage-keys.js';
import { DAY_MS, HOUR_MS } from '../kernel/time.js';
import { idOf, UsageError, type Command } from './command.js';
import { whoActs } from './who-acts.js';

export const createKeyCommand: Command = {
  name: 'create-key',
  usage: '<company> [--slot primary|secondary] [--replace [--grace-hours <n>]] [--days <n>] [--label <text>]',
  summary:
    'Create an API key of a company and print it, once. --replace revokes the one in that slot, at once or after some hours.',
  async run(args, context) {
    const { positionals, values } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        slot: { type: 'string' },
        replace: { type: 'boolean' },
        'grace-hours': { type: 'string' },
        days: { type: 'string' },
        label: { type: 'string' },
      },
    });
    const companyId = idOf(positionals[0], 'company number');
    const now = context.clock.now();
    const wanted = {
      companyId,
      slot: slotOf(values.slot),
      replace: values.replace ?? false,
      graceMs: graceOf(values['grace-hours']),
      ...(values.label !== undefined && { label: values.label }),
      by: whoActs(),
      expiresAt:
        values.days === undefined
          ? null
          : new Date(now.getTime() + idOf(values.days, 'number of days') * DAY_MS),
    };
    const { db } = await context.database();
    const { key } = await issueKey({ db, clock: context.clock }, wanted);
    context.print(key);
    return 0;
  },
};

function slotOf(text = 'primary'): KeySlot {
  const slot = keySlots.find((candidate) => candidate === text);
  if (!slot) throw new UsageError(`--slot must be one of ${keySlots.join(', ')}.`);
  return slot;
}

function graceOf(text: string | undefined): number {
  return text === undefined || text === '0' ? 0 : idOf(text, 'number of hours') * HOUR_MS;
}
