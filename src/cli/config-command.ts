import { parseArgs } from 'node:util';
import { settingsMarkdown, shownSettings } from '../config/config.js';
import { table, type Command } from './command.js';

export const configCommand: Command = {
  name: 'config',
  usage: '[--markdown]',
  summary: 'Show the settings in effect, secrets hidden. --markdown prints the table of docs/settings.md.',
  async run(args, context) {
    const { values } = parseArgs({ args, options: { markdown: { type: 'boolean' } } });
    if (values.markdown) {
      context.print(settingsMarkdown());
      return 0;
    }
    const config = context.config();
    const rows = shownSettings(config).map(({ env, value, isDefault }) => [
      env,
      value,
      isDefault ? 'default' : 'set',
    ]);
    context.print(`Mode: ${config.mode}\n\n${table(rows)}`);
    return 0;
  },
};
