import { parseArgs } from 'node:util';
import { changeCompanySettings } from '../administration/change-settings.js';
import { getCompanySettings } from '../companies/company-settings.js';
import type { SettingsStanding } from '../companies/settings-standing.js';
import { getConnection } from '../connections/connection-store.js';
import { changeSettings } from '../connections/manage-connection.js';
import { idOf, UsageError, type Command } from './command.js';
import { whoActs } from './who-acts.js';

export const settingsCommand: Command = {
  name: 'settings',
  usage: 'company|connection <n> [<setting>=<value> ...] [--version <n>]',
  summary:
    'Show the settings of a company or a connection, or change some. --version: only when nobody has changed them since that version.',
  async run(args, context) {
    const { positionals, values } = parseArgs({
      args,
      allowPositionals: true,
      options: { version: { type: 'string' } },
    });
    const [scope, given, ...changes] = positionals;
    if (scope !== 'company' && scope !== 'connection') throw new UsageError('Say company or connection.');
    const id = idOf(given, `${scope} number`);
    const { db } = await context.database();
    const deps = { db, clock: context.clock };
    if (changes.length > 0) {
      const version = values.version === undefined ? undefined : idOf(values.version, 'version');
      const wanted = { settings: readChanges(changes), version, by: whoActs() };
      if (scope === 'company') await changeCompanySettings(deps, { ...wanted, companyId: id });
      else await changeSettings(deps, { ...wanted, connectionId: id });
    }
    if (scope === 'company') {
      const { settings, standing } = await getCompanySettings(db.prisma, id);
      context.print(shownSettings(settings, standing));
    } else {
      const { settings, settingsStanding } = await getConnection(db.prisma, { id });
      context.print(shownSettings(settings, settingsStanding));
    }
    return 0;
  },
};

/** Values are JSON; what is none is a text. */
function readChanges(pairs: readonly string[]): Record<string, unknown> {
  const entries = pairs.map((pair): [string, unknown] => {
    const at = pair.indexOf('=');
    if (at < 1) throw new UsageError(`${JSON.stringify(pair)} is not <setting>=<value>.`);
    const text = pair.slice(at + 1);
    try {
      return [pair.slice(0, at), JSON.parse(text) as unknown];
    } catch {
      return [pair.slice(0, at), text];
    }
  });
  return Object.fromEntries(entries);
}

function shownSettings(settings: object, { version, changedAt, changedBy }: SettingsStanding): string {
  const lines = Object.entries(settings).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
  const who = changedAt ? `, changed ${changedAt.toISOString()} by ${changedBy ?? 'somebody'}` : '';
  return [`version ${version}${who}`, ...lines].join('\n');
}
