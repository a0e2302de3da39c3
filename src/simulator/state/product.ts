import type { Sku } from './model.js';

/** TikTok's product statuses (the retired API's number beside each). */
export type ProductStatus =
  | 'DRAFT' // 1
  | 'PENDING' // 2
  | 'FAILED' // 3
  | 'ACTIVATE' // 4, "live"
  | 'SELLER_DEACTIVATED' // 5
  | 'PLATFORM_DEACTIVATED' // 6
  | 'FREEZE' // 7
  | 'DELETED'; // 8

export const productStatuses: readonly ProductStatus[] = [
  'DRAFT',
  'PENDING',
  'FAILED',
  'ACTIVATE',
  'SELLER_DEACTIVATED',
  'PLATFORM_DEACTIVATED',
  'FREEZE',
  'DELETED',
];

/** TikTok: `audit.status`, told apart from the status of the product. */
export type AuditStatus = 'NONE' | 'AUDITING' | 'FAILED' | 'PRE_APPROVED' | 'APPROVED';

export const auditStatuses: readonly AuditStatus[] = [
  'NONE',
  'AUDITING',
  'FAILED',
  'PRE_APPROVED',
  'APPROVED',
];

export interface Product {
  id: string;
  /** Position of creation over all shops: the tie breaker of every sort. */
  seq: number;
  title: string;
  status: ProductStatus;
  audit: AuditStatus;
  createdSec: number;
  updatedSec: number;
  skus: Sku[];
  /** Title of a draft beside the live version, and of an edit that is under review. */
  draftTitle?: string;
  reviewTitle?: string;
  isNotForSale?: boolean;
  /** Still exactly as its batch makes it: a saved state holds the batch in its place. */
  pristine: boolean;
}

/** What the audit says by itself while a product is in this status. */
export function auditOf(status: ProductStatus): AuditStatus {
  if (status === 'ACTIVATE') return 'APPROVED';
  if (status === 'PENDING') return 'AUDITING';
  return status === 'FAILED' ? 'FAILED' : 'NONE';
}

/** Of a product or a SKU: derived, so that no product has to hold it. */
export function imageUrlOf(id: string): string {
  return `https://images.example.com/${id}.jpeg`;
}
