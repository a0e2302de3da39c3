import type { MediaUse } from '../media/judge-media.js';

/** A difference between what TikTok has and what is wanted. */
export interface PlannedChange {
  /** Column. */
  field: string;
  /** Null for the product. */
  sku: string | null;
  from: string | null;
  to: string | null;
}

export interface PlannedUpload {
  /** As the feed has it: an address, or the name of a file that the seller has handed over. */
  url: string;
  useCase: MediaUse;
}

/** Body as TikTok's documents have it. */
export type PlannedCall =
  | { call: 'create'; body: object; idempotencyKey: string }
  /** Without `skus`, or with all of them. */
  | { call: 'partial-edit'; productId: string; body: object }
  | { call: 'edit'; productId: string; body: object }
  | { call: 'activate' | 'deactivate' | 'delete' | 'recover'; productIds: [string] };

/** Why a plan stands still. */
type PlanGate = 'frozen' | 'deleted' | 'switched-off' | 'review' | 'variants';

export type ProductPlan =
  | { kind: 'nothing'; reason: string; notes: string[] }
  /** Nothing is sent before somebody has done something. */
  | { kind: 'blocked'; gate: PlanGate; reason: string; next: string; changes: PlannedChange[] }
  /** TikTok has something to decide first. */
  | { kind: 'wait'; gate: PlanGate; reason: string; changes: PlannedChange[] }
  | {
      kind: 'calls';
      /** In their order. While there are uploads, bodies lack what these will bring, and nothing can be sent. */
      calls: PlannedCall[];
      uploads: PlannedUpload[];
      changes: PlannedChange[];
      /** What of the wanted cannot be sent, and why. */
      notes: string[];
    };
