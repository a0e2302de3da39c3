/** What TikTok's documents leave open about listings: each guess is one switch. */
export interface ListingBehaviour {
  /** UNCONFIRMED: whether an image is held against the sizes of its use case when it is uploaded, or when a product names it. */
  imageSizes: 'at_use' | 'at_upload';
  /** Main and variant images that are longer than 4:3 become squares, or stay and are refused with the product. */
  imageRatios: 'converted' | 'kept';
  /** Whether an image is refused in the place of another than it was uploaded for. Told by an app, not by the reference. */
  imageUseCases: 'checked' | 'ignored';
  /** Create and full edit drop a brand, a GTIN or an attribute value that does not fit, and warn; or they refuse it. */
  wrongValues: 'cleared' | 'refused';
  /** Seen live: a full edit without images is taken, and the product has none then. */
  editWithoutImages: 'accepted' | 'refused';
  /** UNCONFIRMED: an edit while another one, or the product itself, is under review: takes its place, or is refused (12052901). */
  editUnderReview: 'replaces' | 'refused';
  /** UNCONFIRMED: a deactivated product that is edited goes on sale after its audit, or stays off. */
  editOfDeactivated: 'goes_live' | 'stays_off';
  /** In some regions nothing that was submitted can be saved as a draft any more (12052488). */
  draftAfterSubmit: 'accepted' | 'refused';
  /** Whether an edit may move a product to another category (12052158). */
  categoryChange: 'accepted' | 'refused';
  /** UNCONFIRMED: whether a product without sales attributes can get its first one once it was submitted (12019019). */
  firstVariantLater: 'accepted' | 'refused';
  /** UNCONFIRMED: whether SKUs keep their ids when an edit gives them other sales attributes. */
  renamedAttributes: 'new_ids' | 'same_ids';
  /** UNCONFIRMED: whether a GTIN may be added to a SKU that was submitted without one (12052593). */
  identifierLater: 'accepted' | 'refused';
  /** UNCONFIRMED: a stock of 0 at create and in edits; the reference says 1 to 99,999. */
  zeroInListings: 'accepted' | 'refused';
  /** UNCONFIRMED: an edit that sends the stock of one SKU may leave out the others', or may not (12019022). */
  stockInEdits: 'per_sku' | 'all_skus';
  /** Seen live outside of the US: a list price is taken, and means nothing. */
  listPriceElsewhere: 'dropped' | 'refused';
  /** Seen live: grams are taken outside of BR, JP and MX. */
  gramsElsewhere: 'accepted' | 'refused';
  /** Package sizes: two decimals since mid-2026, whole numbers before. */
  dimensionDecimals: 'two' | 'none';
  /** TikTok, 2026: an own check of size charts in some shops (5001001). */
  sizeChartQuality: 'passes' | 'refused';
  /** UNCONFIRMED: whether an edit uses the daily limit of listings ("relist per day"). */
  editsCount: boolean;
  /** UNCONFIRMED: whether a create that is refused uses it. */
  refusedListings: 'free' | 'count';
  /** UNCONFIRMED: how long an idempotency key is known. */
  idempotencySec: number;
  /** UNCONFIRMED: a known key with another content gets the first answer, or is refused (12052910). */
  keyOfOtherContent: 'first_answer' | 'refused';
  /** Get Product of a deleted or frozen product: refused (UNCONFIRMED: 12052032, 12052901), or answered with its status. */
  goneProducts: 'refused' | 'shown';
  /** UNCONFIRMED: what activating a live product answers. */
  activateLive: 'no_change' | 'refused';
}

export const listingDefaults: ListingBehaviour = {
  imageSizes: 'at_use',
  imageRatios: 'converted',
  imageUseCases: 'checked',
  wrongValues: 'cleared',
  editWithoutImages: 'accepted',
  editUnderReview: 'replaces',
  editOfDeactivated: 'goes_live',
  draftAfterSubmit: 'accepted',
  categoryChange: 'accepted',
  firstVariantLater: 'refused',
  renamedAttributes: 'new_ids',
  identifierLater: 'refused',
  zeroInListings: 'refused',
  stockInEdits: 'per_sku',
  listPriceElsewhere: 'dropped',
  gramsElsewhere: 'accepted',
  dimensionDecimals: 'two',
  sizeChartQuality: 'passes',
  editsCount: false,
  refusedListings: 'free',
  idempotencySec: 86_400,
  keyOfOtherContent: 'first_answer',
  goneProducts: 'refused',
  activateLive: 'no_change',
};
