import { errorOf, type DocumentStanding } from '../documents/settle-document.js';
import { StatusCode } from '../logicbroker/statuses.js';
import type { StoredPackage } from './shipment-store.js';

type PackageProgress = Pick<StoredPackage, 'position' | 'trackingNumber' | 'state' | 'reason'> &
  Partial<Pick<StoredPackage, 'correction'>>;

/**
 * Where a shipment stands: Processing while TikTok has not decided about every package, then Complete, or Failed when it
 * refused one. What went wrong is told at once, also while other packages are under way.
 */
export function shipmentProgress(packages: readonly PackageProgress[]): DocumentStanding {
  const troubled = packages.filter(({ state }) => state === 'refused' || state === 'in_doubt');
  const errorMessage =
    troubled.length > 0 ? troubled.map((each) => describe(each, packages)).join(' ') : waitingFor(packages);
  if (packages.some(({ state }) => state === 'pending' || state === 'in_doubt')) {
    return { to: StatusCode.processing, errorMessage };
  }
  if (troubled.length > 0) return { to: StatusCode.failed, errorMessage };
  return correctionStanding(packages);
}

/** Why a package that is on its way has not been sent yet. */
function waitingFor(packages: readonly PackageProgress[]): string | null {
  const reasons = packages.flatMap(({ state, reason }) => (state === 'pending' ? (reason ?? []) : []));
  return reasons.length > 0 ? reasons.join(' ') : null;
}

/** TikTok has every package: Processing while a number is being corrected. A refused correction leaves what was sent. */
function correctionStanding(packages: readonly PackageProgress[]): DocumentStanding {
  const corrections = packages.flatMap(({ correction }) => correction ?? []);
  const problems = corrections.flatMap((correction) => {
    const error = errorOf(correction);
    return error === null
      ? []
      : [`${correction.from} was not corrected to ${correction.trackingNumber}: ${error}`];
  });
  const isOpen = corrections.some(({ state }) => state === 'pending' || state === 'in_doubt');
  return {
    to: isOpen ? StatusCode.processing : StatusCode.complete,
    errorMessage: problems.length > 0 ? problems.join(' ') : null,
  };
}

function describe(each: PackageProgress, packages: readonly PackageProgress[]): string {
  const what = packages.length === 1 ? '' : `Package ${each.position} (${each.trackingNumber}): `;
  return `${what}${errorOf(each)}`;
}
