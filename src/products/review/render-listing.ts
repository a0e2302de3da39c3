import { explainedGate, timeText } from '../../logicbroker/explanation-schema.js';
import { explainedEffect } from '../../sync/effects/explained-effect.js';
import type { StoredEvent } from '../../documents/event-store.js';
import type { EntryHistory } from '../../sync/effects/outbox-decisions.js';
import { renderFinding } from '../render-product.js';
import type { ProductFinding } from '../checks/product-finding.js';
import type { StoredProduct } from '../product-store.js';
import { explainListing, type ListingFacts } from './listing-gates.js';
import type { ToldListing } from './list-listings.js';
import { listingStateOf } from './listing-state.js';
import { columnOfPosition } from './reason-columns.js';

const WORDS: Readonly<Record<string, string>> = {
  queued: 'Sending',
  done: 'Sent',
  waiting: 'Waiting',
  blocked: 'Blocked',
  refused: 'Refused',
  needs_person: 'In doubt',
};

/** How a product stands, as calls answer it and pages show it. */
export interface RenderedListing {
  ProductId: string;
  Skus: string[];
  State: string | undefined;
  /** Who has to act: `you`, `TikTok` or `nobody`. */
  Acts: string;
  Reason: string | undefined;
  Next: string | undefined;
  TikTokCode: string | undefined;
  DueAt: string | undefined;
  TikTokProductId: string | undefined;
  TikTokStatus: string | undefined;
  AuditStatus: string | undefined;
  OldVersionSells: boolean;
  Reasons: {
    Position: string;
    Column: string | undefined;
    Reasons: readonly string[];
    Suggestions: readonly string[];
  }[];
  Sent: boolean;
  ReviewedAt: string | undefined;
  NextReview: string | undefined;
}

/** How a product stands, in words, with who has to act. */
export function renderListing({ product, push }: ToldListing): RenderedListing {
  const review = push?.review ?? null;
  const shown = review && listingStateOf(review);
  const isStill = push !== null && ['blocked', 'refused', 'needs_person'].includes(push.state);
  const waits = push !== null && ['queued', 'waiting'].includes(push.state);
  const isFirst = isStill || (waits && push.gate !== 'review');
  return {
    ProductId: product.name,
    Skus: product.skus.map(({ sku }) => sku),
    State: isFirst ? WORDS[push.state] : (shown?.name ?? (push ? WORDS[push.state] : 'Draft')),
    Acts: isStill
      ? 'you'
      : waits && shown?.acts !== 'you'
        ? 'TikTok'
        : (shown?.acts ?? (push ? 'TikTok' : 'you')),
    Reason: (isFirst || waits ? push?.reason : null) ?? shown?.text ?? push?.reason ?? undefined,
    Next: (isFirst ? push.next : null) ?? shown?.next ?? push?.next ?? undefined,
    TikTokCode: isStill ? (push.tiktokCode ?? undefined) : undefined,
    DueAt: waits ? timeText(push.dueAt) : undefined,
    TikTokProductId: product.tiktokProductId ?? undefined,
    TikTokStatus: review?.status,
    AuditStatus: review?.auditStatus ?? undefined,
    OldVersionSells:
      review?.status === 'ACTIVATE' && ['AUDITING', 'FAILED'].includes(review.auditStatus ?? ''),
    Reasons: (review?.reasons ?? []).map(({ position, reasons, suggestions }) => ({
      Position: position,
      Column: columnOfPosition(position) ?? undefined,
      Reasons: reasons,
      Suggestions: suggestions,
    })),
    Sent: push?.sentVersion === product.version,
    ReviewedAt: timeText(push?.reviewedAt ?? null),
    NextReview: timeText(push?.reviewAt ?? null),
  };
}

/** The same with every rule, call and SKU. */
export function renderExplanation(
  facts: ListingFacts,
  { entries, events }: { entries: readonly EntryHistory[]; events: readonly StoredEvent[] },
): object {
  const { product, push } = facts;
  const gates = explainListing(facts);
  const obstacle = gates.find(({ outcome }) => outcome !== 'pass');
  return {
    ...renderListing({ product, push }),
    Summary: obstacle?.reason ?? gates.at(-1)?.reason,
    Gates: gates.map((gate) => explainedGate(gate)),
    SkuStates: product.skus.map((sku) => renderSkuState(sku, facts)),
    Findings: (product.findings as ProductFinding[]).map((finding) => renderFinding(finding)),
    Events: events.map(({ createdAt, level, summary, details }) => ({
      At: timeText(createdAt),
      Level: level,
      Summary: summary,
      Details: details ?? undefined,
    })),
    Effects: entries.map((entry) => explainedEffect(entry)),
  };
}

function renderSkuState(
  { sku, tiktokSkuId, isRemoved }: StoredProduct['skus'][number],
  { push }: ListingFacts,
): object {
  const isUnderWay = push?.inFlightSince != null;
  const state = isRemoved
    ? 'To be removed'
    : tiktokSkuId === null
      ? isUnderWay
        ? 'Sent, not shown yet'
        : 'Not in TikTok'
      : isUnderWay
        ? 'In TikTok, change not confirmed'
        : 'In TikTok';
  return { Sku: sku, TikTokSkuId: tiktokSkuId ?? undefined, State: state };
}
