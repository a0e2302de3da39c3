/** How a product stands with TikTok's review. */
export interface ListingReview {
  productId: string;
  /** With the review in it: `PENDING`, `FAILED`, `ACTIVATE` and the like; the list is open. */
  status: string;
  /** `NONE`, `AUDITING`, `FAILED`, `PRE_APPROVED`, `APPROVED`; null where TikTok does not say. */
  auditStatus: string | null;
  /** Why TikTok has refused it, by the place in TikTok's words. */
  reasons: ReviewReason[];
  /** What the shop has to do first: `KYC_PENDING`, `RESTRICTED_CATEGORY_PENDING`. */
  waitsFor: string[];
  /** Somebody has saved a draft beside what is on sale. */
  hasDraft: boolean;
}

interface ReviewReason {
  /** In words, such as `Product Name`. */
  position: string;
  reasons: string[];
  suggestions: string[];
}
