import { Type } from 'typebox';

/** The switches of ListingBehaviour, for the control API. */
export const listingSwitches = {
  imageSizes: Type.Enum(['at_use', 'at_upload']),
  imageRatios: Type.Enum(['converted', 'kept']),
  imageUseCases: Type.Enum(['checked', 'ignored']),
  wrongValues: Type.Enum(['cleared', 'refused']),
  editWithoutImages: Type.Enum(['accepted', 'refused']),
  editUnderReview: Type.Enum(['replaces', 'refused']),
  editOfDeactivated: Type.Enum(['goes_live', 'stays_off']),
  draftAfterSubmit: Type.Enum(['accepted', 'refused']),
  categoryChange: Type.Enum(['accepted', 'refused']),
  firstVariantLater: Type.Enum(['accepted', 'refused']),
  renamedAttributes: Type.Enum(['new_ids', 'same_ids']),
  identifierLater: Type.Enum(['accepted', 'refused']),
  zeroInListings: Type.Enum(['accepted', 'refused']),
  stockInEdits: Type.Enum(['per_sku', 'all_skus']),
  listPriceElsewhere: Type.Enum(['dropped', 'refused']),
  gramsElsewhere: Type.Enum(['accepted', 'refused']),
  dimensionDecimals: Type.Enum(['two', 'none']),
  sizeChartQuality: Type.Enum(['passes', 'refused']),
  editsCount: Type.Boolean(),
  refusedListings: Type.Enum(['free', 'count']),
  idempotencySec: Type.Integer({ minimum: 0 }),
  keyOfOtherContent: Type.Enum(['first_answer', 'refused']),
  goneProducts: Type.Enum(['refused', 'shown']),
  activateLive: Type.Enum(['no_change', 'refused']),
};
