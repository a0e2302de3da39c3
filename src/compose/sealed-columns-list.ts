import { sealedLinkSecrets } from '../alerts/recipient-store.js';
import { sealedAuditKey } from '../audit/audit-chain.js';
import { sealedFactors } from '../companies/second-factor-store.js';
import { sealedTokens } from '../connections/authorization-store.js';
import { sealedRemotePasswords } from '../deliveries/remote-server-store.js';
import { sealedSshKeys } from '../deliveries/ssh-key-store.js';
import { sealedShopifySecrets } from '../deliveries/shopify/shopify-stores.js';
import { sealedWebhookSecrets } from '../webhooks/out/webhook-store.js';
import type { SealedColumn } from '../store/sealed-columns.js';

/** Everything that is stored sealed. What is missing here is lost when its key is taken out of the configuration. */
export const sealedColumns: readonly SealedColumn[] = [
  ...sealedTokens,
  ...sealedFactors,
  ...sealedAuditKey,
  ...sealedSshKeys,
  ...sealedRemotePasswords,
  ...sealedWebhookSecrets,
  ...sealedLinkSecrets,
  ...sealedShopifySecrets,
];
