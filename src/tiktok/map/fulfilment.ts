/** A parcel as TikTok knows it. */
export interface ShopPackage {
  packageId: string;
  /** TO_FULFILL, PROCESSING (arranged), FULFILLING (with the carrier), COMPLETED, CANCELLED, or what TikTok adds. */
  status: string;
  /** DEFAULT, COMBINE, SPLIT; null where the call does not tell. */
  splitCombineTag: string | null;
  shipping: 'seller' | 'tiktok' | 'other' | null;
  trackingNumber: string | null;
  shippingProviderId: string | null;
  shippingProviderName: string | null;
  deliveryOptionId: string | null;
  orderIds: string[];
  /** TikTok: order_line_item_ids */
  unitIds: string[];
  createdAt: Date | null;
  updatedAt: Date | null;
}

/** Whether an order can, or must, travel in several packages. */
export interface SplitAttributes {
  tiktokOrderId: string;
  canSplit: boolean;
  /** TikTok's words where it cannot be split. */
  reason: string | null;
  mustSplit: boolean;
  mustSplitReasons: { type: string; categoryId: string | null; maxCount: number | null }[];
}

/** The package that a split made for one of our groups. */
export interface SplitPackage {
  /** The group's own label, as we sent it. */
  groupId: string;
  packageId: string;
}
