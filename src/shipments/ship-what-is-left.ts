import type { ShopOrder } from '../domain/order.js';
import { AppError } from '../kernel/errors.js';
import {
  asRefusal,
  inDoubt,
  mayBeOurOwn,
  PATIENT_ATTEMPTS,
  refusal,
} from '../sync/effects/tiktok-refusal.js';
import { TikTokError } from '../tiktok/tiktok-errors.js';
import {
  findOurPackage,
  packageIdsOf,
  shippedAs,
  standingOf,
  type PackageStanding,
  type ShippedPackage,
  type WantedPackage,
} from './compare-with-tiktok.js';

/** One package on its way to TikTok. */
interface Shipping {
  pack: WantedPackage;
  /** Calls that were made for it, this one included. */
  attempts: number;
  /** The order as TikTok has it now; undefined when TikTok does not show it. */
  readOrder(): Promise<ShopOrder | undefined>;
  /** The call, for these of the package's pieces. @throws AppError */
  ship(unitIds: readonly string[]): Promise<ShippedPackage>;
}

/**
 * TikTok: what these codes say follows from an order that has changed since we read it: pieces cancelled, packages split,
 * combined or made anew.
 */
const CHANGED = new Set(['21011003', '21011012', '21011028', '21011029', '21011041', '21011042', '21011048']);
/** Each refusal may show that once more something has changed; somebody who goes on changing is looked at later. */
const MOST_ROUNDS = 3;

/**
 * Ships a package, or what is left of it: a piece that was cancelled or shipped by somebody else between our reading and
 * our call keeps the others back no more than it did before. TikTok refuses such a call as a whole and says little why, so
 * the order is read and the rest is sent.
 * @returns the pieces that TikTok has under our number
 * @throws AppError tiktok-refused with what TikTok has, when nothing of the package can be shipped any more
 */
export async function shipWhatIsLeft(shipping: Shipping): Promise<ShippedPackage> {
  const { pack, attempts } = shipping;
  let wanted: readonly string[] = pack.unitIds;
  let before: PackageStanding | null = null;
  for (let round = 1; ; round++) {
    try {
      return together(before, await shipping.ship(wanted), wanted);
    } catch (thrown) {
      const error = asRefusal(thrown);
      if (!isNo(error)) throw error;
      const order = await shipping.readOrder();
      const shown = findOurPackage(order, pack);
      if (shown.state === 'done') return shown.result;
      if (shown.state === 'refused') throw shown.error;
      if (!order) throw looksOld(error, attempts);
      before = standingOf(order, pack);
      const open = before.open.map(({ unitId }) => unitId);
      const isNews = open.length < wanted.length;
      if (!isNews || round === MOST_ROUNDS)
        throw saidOf(error, { order, attempts, standing: before, isNews });
      wanted = open;
    }
  }
}

function isNo(error: unknown): error is AppError {
  return error instanceof AppError && error.code === 'tiktok-refused';
}

/** Pieces that TikTok had before, and those that have just been shipped. */
function together(
  before: PackageStanding | null,
  shipped: ShippedPackage,
  wanted: readonly string[],
): ShippedPackage {
  const unitIds = shipped.unitIds ?? [...wanted];
  if (!before) return { ...shipped, unitIds };
  const known = shippedAs(before);
  const cancelledIds = [...(known.cancelledIds ?? []), ...(shipped.cancelledIds ?? [])];
  return {
    ...shipped,
    unitIds: [...new Set([...(known.unitIds ?? []), ...unitIds])],
    cancelledIds: [...new Set(cancelledIds)],
  };
}

/** An order that TikTok does not show, or shows unchanged, may be an old copy: it is looked at again before it counts. */
function looksOld(error: AppError, attempts: number): AppError {
  if (mayBeOurOwn(error, attempts)) {
    const saysDone = error instanceof TikTokError && error.reaction === 'already-done';
    return saysDone || attempts < PATIENT_ATTEMPTS ? inDoubt(error) : error;
  }
  return saysChanged(error) && attempts < PATIENT_ATTEMPTS ? lookAgain(error) : error;
}

function saidOf(
  error: AppError,
  {
    order,
    attempts,
    standing,
    isNews,
  }: { order: ShopOrder; attempts: number; standing: PackageStanding; isNews: boolean },
): AppError {
  if (isNews) return lookAgain(error);
  const { own, open } = standing;
  if (own.length > 0 && !mayBeAgain(error, attempts)) return partly(error, standing);
  const packageIds = packageIdsOf(
    order,
    open.map(({ unitId }) => unitId),
  );
  if (saysChanged(error) && packageIds.length > 1) return inSeveral(packageIds);
  return looksOld(error, attempts);
}

function mayBeAgain(error: AppError, attempts: number): boolean {
  return mayBeOurOwn(error, attempts) && attempts < PATIENT_ATTEMPTS;
}

function saysChanged(error: AppError): boolean {
  return error instanceof TikTokError && CHANGED.has(error.tiktokCode ?? '');
}

/** TikTok has clearly not done it, and may do it when it is read anew. */
function lookAgain(error: AppError): AppError {
  return new AppError('tiktok-unavailable', error.message, { details: error.details, cause: error });
}

function partly(error: AppError, { own, open }: PackageStanding): AppError {
  return refusal(
    `TikTok has ${own.length} of these pieces under this number already and does not take the other ${open.length} under it: ${error.message}`,
    'Send the pieces that TikTok has under this number, and the others under a number of their own.',
  );
}

function inSeveral(packageIds: readonly (string | null)[]): AppError {
  const named = packageIds.map((id) => id ?? 'none yet').join(', ');
  return refusal(
    `TikTok has these pieces in ${packageIds.length} packages (${named}).`,
    'Give each package a tracking number of its own, or put the order back together in TikTok Seller Center.',
  );
}
