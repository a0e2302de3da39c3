import type { ActiveConnection, Connection } from '../../connections/connection.js';
import type { OpenShop } from '../../connections/open-shop.js';
import type { CheckDeps } from '../checks/check-products.js';
import type { UploadOutcome } from '../media/ensure-uploads.js';
import type { PlannedUpload } from '../plan/push-plan-types.js';

/** What sending products needs. */
export interface ProductPushDeps extends CheckDeps {
  openShop: OpenShop;
  /** Sees to it that TikTok has these images and documents: ensureUploads of products/media. */
  ensureUploads(
    connection: ActiveConnection,
    uploads: readonly PlannedUpload[],
  ): Promise<ReadonlyMap<string, UploadOutcome>>;
  /** TikTok has refused something for a rule of the category: what it demands is read anew. */
  rereadRules(connection: Connection, categoryId: string): Promise<void>;
}
