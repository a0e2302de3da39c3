import type { ListingReview } from '../../domain/listing-review.js';
import type { Wire } from '../wire/wire.js';
import { asRecord, isTrue, listOf, requiredText, textOf, textOrNull, textsOf } from '../wire/read.js';

type WireReview = Wire<'id' | 'status' | 'audit' | 'audit_failed_reasons' | 'has_draft'>;

/** @throws UnreadableError without an id or a status */
export function mapReview(wire: WireReview): ListingReview {
  const audit = asRecord(wire.audit);
  return {
    productId: requiredText(wire.id, 'id'),
    status: requiredText(wire.status, 'status'),
    auditStatus: textOrNull(audit?.['status']),
    reasons: listOf(wire.audit_failed_reasons).map((each) => {
      const reason = asRecord(each) ?? {};
      return {
        position: textOf(reason['position']),
        reasons: textsOf(reason['reasons']),
        suggestions: textsOf(reason['suggestions']),
      };
    }),
    waitsFor: textsOf(audit?.['pre_approved_reasons']),
    hasDraft: isTrue(wire.has_draft),
  };
}
