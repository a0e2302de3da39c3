import { errorOf, type DocumentStanding } from '../documents/settle-document.js';
import { StatusCode } from '../logicbroker/statuses.js';
import type { StoredPackage } from './shipment-store.js';

type PackageProgress = Pick<StoredPackage, 'position' | 'trackingNumber' | 'state' | 'reason'>;

/**
 * Where a shipment stands: Processing while TikTok has not decided about every package, then Complete, or Failed when it
 * refused one. What went wrong is told at once, also while other packages are under way.
 */
export function shipmentProgress(packages: readonly PackageProgress[]): DocumentStanding {
  const troubled = packages.filter(({ state }) => state === 'refused' || state === 'in_doubt');
  const errorMessage =
    troubled.length === 0 ? null : troubled.map((each) => describe(each, packages)).join(' ');
  if (packages.some(({ state }) => state === 'pending' || state === 'in_doubt')) {
    return { to: StatusCode.processing, errorMessage };
  }
  return { to: troubled.length === 0 ? StatusCode.complete : StatusCode.failed, errorMessage };
}

function describe(each: PackageProgress, packages: readonly PackageProgress[]): string {
  const what = packages.length === 1 ? '' : `Package ${each.position} (${each.trackingNumber}): `;
  return `${what}${errorOf(each)}`;
}
