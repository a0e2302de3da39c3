import type { AuditReason, Content } from './content.js';
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

/** Why TikTok does not let a product be edited: as a whole, or its list of SKUs. */
export const editLocks = ['appeal', 'auction', 'limited', 'migration', 'gift', 'skus'] as const;
export type EditLock = (typeof editLocks)[number];

export type AuditOutcome =
  | { kind: 'approve' }
  | { kind: 'refuse'; reasons: AuditReason[] }
  | { kind: 'pre_approve'; reasons: string[] };

/** How an audit that is still to come shall end, in place of passing. */
export interface AuditPlan {
  id: number;
  /** All that are given must fit. */
  productId?: string;
  sellerSku?: string;
  /** A part of the title. */
  title?: string;
  /** The first content of a product that was never live, or a change of one that was. */
  version?: 'first' | 'edit';
  outcome: AuditOutcome;
  /** Seconds after the submission; null: only when somebody acts. What the behaviour says when left out. */
  afterSec?: number | null;
  /** For how many audits it holds; left out: for all. */
  times?: number;
}

interface PendingAudit {
  /** Left out: it waits for somebody. */
  dueSec?: number;
  outcome: AuditOutcome;
  /** What the product becomes when it passes; it stays as it is when left out. */
  becomes?: ProductStatus;
}

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
  /** What is live, or the only version of a product that is not. Left out by products that nobody has listed by a call. */
  content?: Content;
  /** A draft beside it, and an edit that is under review. */
  draft?: Content;
  review?: Content;
  /** SKUs that edits have removed: orders still name them. */
  retired?: Sku[];
  /** Why edits are refused: see `editLocks`. */
  editLock?: EditLock;
  auditReasons?: AuditReason[];
  preApprovedReasons?: string[];
  /** The audit that runs. A newer one takes its place. */
  pendingAudit?: PendingAudit;
  /** What the status was without the audit, while one of a product that is not live runs. */
  statusBefore?: ProductStatus;
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
