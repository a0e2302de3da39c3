import type { Connection } from '../../connections/connection.js';
import type { OpenShop } from '../../connections/open-shop.js';
import type { CheckDeps } from '../checks/check-products.js';
import type { EnsureUploads } from './upload-seam.js';

/** What sending products needs. */
export interface ProductPushDeps extends CheckDeps {
  openShop: OpenShop;
  ensureUploads: EnsureUploads;
  /** TikTok has refused something for a rule of the category: what it demands is read anew. */
  rereadRules(connection: Connection, categoryId: string): Promise<void>;
}
