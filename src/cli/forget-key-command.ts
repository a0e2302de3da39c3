import { parseArgs } from 'node:util';
import { forgetKey } from '../connections/forget-key.js';
import { forgetShopifySecrets } from '../deliveries/shopify/shopify-stores.js';
import { forgetLinkSecrets } from '../alerts/recipient-store.js';
import { forgetWebhookSecrets } from '../webhooks/out/webhook-store.js';
import { UsageError, type Command } from './command.js';
import { whoActs } from './who-acts.js';

export const forgetKeyCommand: Command = {
  name: 'forget-key',
  usage: '<key name> --yes',
  summary:
    'Give up an encryption key that is lost for good: tokens that it sealed are removed, and their sellers have to authorise again.',
  async run(args, context) {
    const { positionals, values } = parseArgs({
      args,
      allowPositionals: true,
      options: { yes: { type: 'boolean' } },
    });
    const [keyId, ...more] = positionals;
    if (!keyId || !/^[\w-]{1,32}$/.test(keyId) || more.length > 0 || !values.yes)
      throw new UsageError('Give the name of one key, and --yes.');
    const { db } = await context.database();
    const count = await forgetKey(db, { keyId, by: whoActs() }, async (tx, id) => ({
      webhooksOff: await forgetWebhookSecrets(tx, id),
      shopifyOff: await forgetShopifySecrets(tx, id),
      linksOfMailsEnded: await forgetLinkSecrets(tx, id),
    }));
    context.print(
      `The key ${keyId} is given up; ${count} ${count === 1 ? 'authorisation has' : 'authorisations have'} no tokens any more.`,
    );
    return 0;
  },
};
